package dev.pointsman.cli.demo.site;

import dev.pointsman.cli.admin.Answer;

import java.util.LinkedHashMap;
import java.util.Map;

/// One cutover that switched, as the proxy reports it and as the clients felt it.
///
/// @param timeline the command's rows: phases with their times
/// @param pauseMs from hold to release, by the proxy's own report
/// @param held clients that were at the gate meanwhile, by the same report
/// @param worstClientMs the longest transaction of any client around it
public record Crossing(Way way, Answer timeline, double pauseMs, int held, double worstClientMs) {
    /// Which way.
    public enum Way {
        FORWARD("blue → green", "TO green"),
        BACK("green → blue", "BACK");

        private final String words;
        private final String clause;

        Way(String words, String clause) {
            this.words = words;
            this.clause = clause;
        }

        public String words() {
            return words;
        }

        String command(String database) {
            return "CUTOVER " + database + " " + clause;
        }
    }

    /// For programs.
    public Map<String, Object> fields() {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("direction", way == Way.FORWARD ? "forward" : "back");
        fields.put("pause_ms", rounded(pauseMs));
        fields.put("worst_client_ms", rounded(worstClientMs));
        return fields;
    }

    private static double rounded(double millis) {
        return Math.round(millis * 1000) / 1000.0;
    }
}
