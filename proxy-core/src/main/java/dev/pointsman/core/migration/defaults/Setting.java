package dev.pointsman.core.migration.defaults;

import dev.pointsman.core.cluster.Sql;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/// Names of settings, and how statements write them.
final class Setting {
    /// Those that can change what a statement means, what it answers, whether it fails, or what a
    /// commit promises. Custom settings do too: functions and policies read them.
    static final Set<String> TELLING =
            Set.of(
                    "array_nulls",
                    "backslash_quote",
                    "bytea_output",
                    "client_encoding",
                    "datestyle",
                    "default_text_search_config",
                    "default_transaction_deferrable",
                    "default_transaction_isolation",
                    "extra_float_digits",
                    "idle_in_transaction_session_timeout",
                    "idle_session_timeout",
                    "intervalstyle",
                    "lc_messages",
                    "lc_monetary",
                    "lc_numeric",
                    "lc_time",
                    "lock_timeout",
                    "role",
                    "row_security",
                    "search_path",
                    "session_replication_role",
                    "standard_conforming_strings",
                    "statement_timeout",
                    "synchronous_commit",
                    "timezone",
                    "timezone_abbreviations",
                    "transaction_timeout",
                    "transform_null_equals",
                    "xmlbinary",
                    "xmloption");

    /// Stored as a list of quoted names, and read as a list only where it is written as one.
    private static final Set<String> LISTS =
            Set.of(
                    "local_preload_libraries",
                    "search_path",
                    "session_preload_libraries",
                    "temp_tablespaces");

    private static final Pattern PLAIN = Pattern.compile("[a-z_][a-z0-9_]*(\\.[a-z_][a-z0-9_]*)*");
    private static final Pattern ELEMENT =
            Pattern.compile("\\s*(?:\"((?:[^\"]|\"\")*)\"|([^\",\\s]+))\\s*(,|$)");

    /// Extensions that only look on.
    private static final Pattern WATCHING =
            Pattern.compile(
                    "(auto_explain|pg_stat_statements|pgaudit|pg_qualstats|pg_wait_sampling)\\.");

    private Setting() {}

    /// Names are the same whatever their case.
    static String key(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    static boolean isCustom(String name) {
        return name.indexOf('.') >= 0;
    }

    static boolean isTelling(String name) {
        return isCustom(name)
                ? !WATCHING.matcher(key(name)).lookingAt()
                : TELLING.contains(key(name));
    }

    static String set(String name, String stored) {
        var value =
                LISTS.contains(key(name))
                        ? String.join(", ", elements(stored).stream().map(Sql::literal).toList())
                        : Sql.literal(stored);
        return " SET " + identifier(name) + " TO " + value.strip();
    }

    static String reset(String name) {
        return " RESET " + identifier(name);
    }

    private static String identifier(String name) {
        return PLAIN.matcher(key(name)).matches() ? name : Sql.identifier(name);
    }

    /// The names of a stored list, without their quotes.
    private static List<String> elements(String stored) {
        var names = new ArrayList<String>();
        var element = ELEMENT.matcher(stored);
        while (element.lookingAt()) {
            var quoted = element.group(1);
            names.add(quoted == null ? element.group(2) : quoted.replace("\"\"", "\""));
            if (element.end() == stored.length()) {
                return names;
            }
            element.region(element.end(), stored.length());
        }
        return List.of(stored);
    }
}
