package dev.pointsman.cli.path;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.cli.cutover.wire.Message;
import dev.pointsman.cli.cutover.wire.RawClient;
import dev.pointsman.cli.real.RealServers;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// SQL's PREPARE in transaction mode: clients that share few server connections, and say the same
/// names of different statements, are told what PostgreSQL itself tells a client of its own.
@Tag("real")
class SqlPrepareTest {
    private static final int CLIENTS = 5;

    private static final List<String> STATEMENTS =
            List.of(
                    "prepare a as select 'one'",
                    "prepare a (int) as select $1 + 1",
                    "prepare b (text, int) as select $1 || $2",
                    "prepare \"B\" as select 'quoted \"B\"; and more'",
                    "prepare c as insert into by_sql values (1)",
                    "prepare c as select current_setting('DateStyle')",
                    "prepare d as select * from missing",
                    "prepare selec",
                    "begin; prepare e as select 'in a block'; rollback",
                    "prepare f as select 'f'; execute f; select oops",
                    "execute a",
                    "execute a (3)",
                    "execute b ('x', 1 + 1)",
                    "execute \"B\"",
                    "execute c",
                    "execute e",
                    "select 2; execute a; execute e",
                    "/* read */ execute f",
                    "explain (costs off) execute a (1)",
                    "begin; create table by_sql_copy as execute a; rollback",
                    "do 'begin execute ''prepare g as select 7''; end'",
                    "execute g",
                    "deallocate a",
                    "deallocate prepare \"B\"",
                    "select 1; deallocate b; execute b ('x', 1)",
                    "deallocate all",
                    "discard all",
                    "set datestyle = 'German'",
                    "begin",
                    "commit",
                    "rollback",
                    "select oops",
                    "select string_agg(name, ',' order by name) from pg_prepared_statements"
                            + " where from_sql");

    /// One for a run of the tests: a test that is run again meets what it failed on.
    private static final long FRESH = System.nanoTime();

    @RegisterExtension static final RealServers servers = RealServers.shared(14, 18);

    @Test
    void clientsAreToldWhatPostgresqlTellsThemWithoutAPool() throws Exception {
        long seed = Long.getLong("seed", FRESH);
        System.out.println("statements of SQL: replay with -Dseed=" + seed);
        var random = new Random(seed);
        var database = servers.database();
        servers.source()
                .execute(
                        database,
                        "create table if not exists by_sql (id int); grant all on by_sql to"
                                + " public");
        try (var proxy =
                RunningProxy.before(
                        servers.source(),
                        database,
                        "{mode: transaction, size: 2, max_pinned: 0}",
                        "auth: {type: trust}")) {
            var pooled = new ArrayList<RawClient>();
            var alone = new ArrayList<RawClient>();
            for (int i = 0; i < CLIENTS; i++) {
                pooled.add(RawClient.connect(proxy.port(), RunningProxy.USER, database));
                alone.add(RawClient.connect(servers.source().port(), RunningProxy.USER, database));
            }
            // One at a time stays in a transaction block, or the pool of two would run dry.
            for (int round = 0; round < 400; round++) {
                int who = random.nextInt(CLIENTS);
                for (int i = 0; i <= random.nextInt(4); i++) {
                    both(pooled.get(who), alone.get(who), said(random));
                }
                both(pooled.get(who), alone.get(who), List.of(Message.query("rollback")));
            }
            pooled.forEach(RawClient::close);
            alone.forEach(RawClient::close);
        }
    }

    /// A Query, or the same by the extended protocol, or what runs a name by that.
    private static List<Message> said(Random random) {
        String sql = STATEMENTS.get(random.nextInt(STATEMENTS.size()));
        return switch (random.nextInt(6)) {
            case 0 ->
                    List.of(
                            Message.parse("", sql),
                            Message.bind(""),
                            Message.execute(),
                            Message.sync());
            case 1 -> List.of(Message.bind("a"), Message.execute(), Message.sync());
            case 2 -> List.of(Message.closeStatement("a"), Message.sync());
            default -> List.of(Message.query(sql));
        };
    }

    private static void both(RawClient pooled, RawClient alone, List<Message> messages) {
        var batch = messages.toArray(Message[]::new);
        pooled.send(batch);
        alone.send(batch);
        assertThat(pooled.awaitReady()).isEqualTo(alone.awaitReady());
    }
}
