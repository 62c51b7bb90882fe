package dev.pointsman.core.config.file.yaml;

import java.util.Map;
import java.util.regex.Pattern;

/// Puts the environment's values in place of `${NAME}` and `${NAME:-default}`; `$$` is a dollar. A
/// dollar before anything else stays, so that verifiers need no care.
public record Environment(Map<String, String> values) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    public Environment {
        values = Map.copyOf(values);
    }

    /// Says in words what cannot be replaced.
    public static final class Unresolved extends Exception {
        private static final long serialVersionUID = 1L;

        private final String what;

        Unresolved(String what) {
            super(what);
            this.what = what;
        }

        public String what() {
            return what;
        }
    }

    /// The text with every reference replaced.
    public String resolve(String text) throws Unresolved {
        var out = new StringBuilder(text.length());
        var at = 0;
        while (at < text.length()) {
            if (text.startsWith("$$", at)) {
                out.append('$');
                at += 2;
            } else if (text.startsWith("${", at)) {
                var end = text.indexOf('}', at);
                if (end < 0) {
                    throw new Unresolved("${ without }");
                }
                out.append(value(text.substring(at + 2, end)));
                at = end + 1;
            } else {
                out.append(text.charAt(at));
                at++;
            }
        }
        return out.toString();
    }

    private String value(String expression) throws Unresolved {
        var split = expression.indexOf(":-");
        var name = split < 0 ? expression : expression.substring(0, split);
        if (!NAME.matcher(name).matches()) {
            throw new Unresolved("${" + expression + "} does not name an environment variable");
        }
        var value = values.get(name);
        if (split >= 0) {
            return value == null || value.isEmpty() ? expression.substring(split + 2) : value;
        }
        if (value == null) {
            throw new Unresolved("the environment variable " + name + " is not set");
        }
        return value;
    }
}
