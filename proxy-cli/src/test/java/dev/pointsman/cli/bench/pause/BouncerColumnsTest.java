package dev.pointsman.cli.bench.pause;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.admin.command.View;
import dev.pointsman.admin.rows.Column;
import dev.pointsman.cli.CommandFailure;
import dev.pointsman.cli.driver.Missing;
import dev.pointsman.cli.load.Address;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// Tools that read PgBouncer's console must be able to read ours: what it shows we show, in columns
/// of the same names in the same order; ours may follow.
@Tag("real")
class BouncerColumnsTest {
    private static final Pattern VIEWS = Pattern.compile("SHOW ([A-Z_|]+)");

    /// SHOW HELP answers with notices there; ours has rows.
    private static final String HELP = "HELP";

    private static @Nullable Bouncer bouncer;

    @BeforeAll
    static void start() throws Exception {
        try {
            bouncer = Bouncer.start(new Address("127.0.0.1", 1, "shop", "operator", "unused"), 1);
            psql("SHOW VERSION");
        } catch (CommandFailure | IOException e) {
            Missing.tool("PgBouncer and psql are not both there: " + e.getMessage());
        }
    }

    @AfterAll
    static void stop() {
        if (bouncer != null) {
            bouncer.close();
        }
    }

    static List<String> views() throws Exception {
        var words = VIEWS.matcher(psql("SHOW " + HELP).replaceAll("\\s+", " "));
        var views = new TreeSet<String>();
        while (words.find()) {
            views.addAll(List.of(words.group(1).split("\\|")));
        }
        views.remove(HELP);
        return List.copyOf(views);
    }

    /// What psql prints, notices too.
    private static String psql(String command) throws Exception {
        var address = Objects.requireNonNull(bouncer).clients();
        var process =
                new ProcessBuilder(
                                List.of(
                                        "psql",
                                        "-X",
                                        "-A",
                                        "-h",
                                        address.host(),
                                        "-p",
                                        Integer.toString(address.port()),
                                        "-U",
                                        address.user(),
                                        "-c",
                                        command,
                                        "pgbouncer"))
                        .redirectErrorStream(true)
                        .start();
        process.getOutputStream().close();
        var printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(printed).isZero();
        return printed;
    }

    @Test
    void itsHelpNamesMoreThanAFewViews() throws Exception {
        assertThat(views())
                .contains("POOLS", "STATS", "SOCKETS", "DNS_ZONES")
                .hasSizeGreaterThan(15);
    }

    @ParameterizedTest
    @MethodSource("views")
    void everyViewBeginsWithItsColumns(String view) throws Exception {
        // given
        var header = psql("SHOW " + view).lines().findFirst().orElseThrow();
        var theirs = header.split("\\|");

        // when
        var ours = View.of(view).orElseThrow().columns().stream().map(Column::name).toList();

        // then
        assertThat(ours).startsWith(theirs);
    }
}
