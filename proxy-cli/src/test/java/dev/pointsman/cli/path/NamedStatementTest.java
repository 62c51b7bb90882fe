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

/// Named prepared statements in transaction mode: clients that share few server connections are
/// told what PostgreSQL itself tells a client of its own.
@Tag("real")
class NamedStatementTest {
    private static final String[] NAMES = {"a", "b", "c"};
    private static final String[] TEXTS = {
        "select 1",
        "select 'x', 2",
        "select 1/(random() * 0)::int",
        "selec",
        "select * from missing",
        "select count(*) from pg_class where oid = 1259",
        "begin",
        "commit",
        "rollback",
        "insert into named_statement values (1)"
    };

    /// PostgreSQL ends the session where EXECUTE runs a second ROLLBACK.
    private static final String EXECUTED = "c";

    private static final String[] QUERIES = {
        "begin",
        "commit",
        "rollback",
        "select 3",
        "deallocate all",
        "discard all",
        "select oops",
        "deallocate a",
        "DEALLOCATE PREPARE \"b\" ;",
        "execute C",
        "execute \"c\";",
        "execute c (1)"
    };
    private static final String[] COMMANDS = {
        "deallocate a", "deallocate prepare B;", "execute c", "EXECUTE \"c\"", "execute c(2)"
    };

    /// One for a run of the tests: a test that is run again meets what it failed on.
    private static final long FRESH = System.nanoTime();

    @RegisterExtension static final RealServers servers = RealServers.shared(14, 18);

    @Test
    void clientsAreToldWhatPostgresqlTellsThemWithoutAPool() throws Exception {
        long seed = Long.getLong("seed", FRESH);
        System.out.println("named statements: replay with -Dseed=" + seed);
        var random = new Random(seed);
        var database = servers.database();
        servers.source().execute(database, "create table if not exists named_statement (id int)");
        try (var proxy =
                RunningProxy.before(
                        servers.source(),
                        database,
                        "{mode: transaction, size: 2}",
                        "auth: {type: trust}")) {
            var pooled = new ArrayList<RawClient>();
            var alone = new ArrayList<RawClient>();
            for (int i = 0; i < 5; i++) {
                pooled.add(RawClient.connect(proxy.port(), RunningProxy.USER, database));
                alone.add(RawClient.connect(servers.source().port(), RunningProxy.USER, database));
            }
            // One at a time stays in a transaction block, or the pool of two would run dry.
            for (int round = 0; round < 400; round++) {
                int who = random.nextInt(5);
                for (int i = 0; i <= random.nextInt(4); i++) {
                    converse(random, pooled.get(who), alone.get(who));
                }
                both(pooled.get(who), alone.get(who), List.of(Message.query("rollback")), 1);
            }
            pooled.forEach(RawClient::close);
            alone.forEach(RawClient::close);
        }
    }

    private static void converse(Random random, RawClient pooled, RawClient alone) {
        var messages = new ArrayList<Message>();
        int readies = 0;
        for (int unit = 0; unit <= random.nextInt(3); unit++) {
            if (random.nextInt(4) == 0) {
                messages.add(Message.query(one(random, QUERIES)));
            } else {
                for (int i = 0; i <= random.nextInt(5); i++) {
                    add(random, messages);
                }
                messages.add(Message.sync());
            }
            readies++;
        }
        both(pooled, alone, messages, readies);
    }

    private static void add(Random random, List<Message> messages) {
        var name = one(random, NAMES);
        switch (random.nextInt(6)) {
            case 0 -> messages.add(Message.parse(name, text(random, name)));
            case 1 -> messages.add(Message.describeStatement(name));
            case 2 -> messages.add(Message.closeStatement(name));
            case 3 -> {
                var texts = random.nextBoolean() ? TEXTS : COMMANDS;
                messages.add(Message.parse("", one(random, texts)));
                messages.add(Message.bind(""));
                messages.add(Message.execute());
            }
            default -> {
                messages.add(Message.bind(name));
                messages.add(Message.execute());
            }
        }
    }

    private static void both(
            RawClient pooled, RawClient alone, List<Message> messages, int readies) {
        var batch = messages.toArray(Message[]::new);
        pooled.send(batch);
        alone.send(batch);
        boolean equal = true;
        for (int i = 0; i < readies; i++) {
            var told = pooled.awaitReady();
            var wanted = alone.awaitReady();
            // What is not on the connection cannot be prepared in a failed transaction.
            boolean tooLate =
                    told.stream().anyMatch(answer -> answer.startsWith("E 25P02"))
                            && told.getLast().equals("Z E");
            if (equal && !tooLate) {
                assertThat(told).isEqualTo(wanted);
            }
            equal &= told.equals(wanted);
        }
        if (!equal) {
            both(pooled, alone, List.of(Message.query("rollback")), 1);
            both(pooled, alone, List.of(Message.query("deallocate all")), 1);
        }
    }

    private static String text(Random random, String name) {
        String text = one(random, TEXTS);
        boolean ofTransactions = List.of("begin", "commit", "rollback").contains(text);
        return ofTransactions && name.equals(EXECUTED) ? TEXTS[0] : text;
    }

    private static String one(Random random, String[] of) {
        return of[random.nextInt(of.length)];
    }
}
