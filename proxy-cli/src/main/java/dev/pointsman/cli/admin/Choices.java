package dev.pointsman.cli.admin;

import dev.pointsman.cli.CommandFailure;
import dev.pointsman.cli.ExitCode;

import java.util.List;

/// What the operator left out because there is only one choice.
public final class Choices {
    private final AdminClient client;

    public Choices(AdminClient client) {
        this.client = client;
    }

    /// The given database, or the only one there is.
    public String database(String given) throws CommandError {
        if (!given.isEmpty()) {
            return given;
        }
        var all =
                client.query("SHOW ROUTES").rows().stream()
                        .map(row -> row.text("database"))
                        .distinct()
                        .toList();
        return only(all, "database", "name it as the first argument");
    }

    /// The given server, or the only one that does not serve the database now.
    public String server(String database, String given) throws CommandError {
        if (!given.isEmpty()) {
            return given;
        }
        var serving =
                client.query("SHOW ROUTES").rows().stream()
                        .filter(row -> row.text("database").equals(database))
                        .map(row -> row.text("server"))
                        .toList();
        var others =
                client.query("SHOW DATABASES").rows().stream()
                        .filter(row -> row.text("name").equals(database))
                        .map(row -> row.text("server"))
                        .filter(server -> !serving.contains(server))
                        .distinct()
                        .toList();
        return only(others, "server to go to", "name it with --to");
    }

    private static String only(List<String> all, String what, String mend) {
        return switch (all.size()) {
            case 1 -> all.getFirst();
            case 0 ->
                    throw new CommandFailure(
                            ExitCode.USAGE, "the proxy knows no %s; %s".formatted(what, mend));
            default ->
                    throw new CommandFailure(
                            ExitCode.USAGE,
                            "there are several choices of %s (%s); %s"
                                    .formatted(what, String.join(", ", all), mend));
        };
    }
}
