package dev.pointsman.core.session.pin;

import dev.pointsman.core.server.Answer;
import dev.pointsman.core.server.ServerConnection;
import dev.pointsman.core.session.pin.Lexicon.Hiding;

import io.netty.util.concurrent.Future;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;

/// What is known of one server's functions: which of them may leave something in a session, told
/// from their source. Looked at again every minute, and when something was created. Any thread.
public final class Study {
    private static final Logger log = LoggerFactory.getLogger(Study.class);
    private static final long EVERY = Duration.ofMinutes(1).toNanos();

    /// `SET` at a statement's beginning, but for those that end with the transaction; whatever runs
    /// text that is not seen here; and the rest by name.
    private static final String SUSPECT =
            "set_config|advisory|\\m(temp|temporary|pg_temp|listen|hold|execute|prepare|deallocate|load)\\M"
                + "|dblink|query_to_xml|ts_stat|ts_rewrite"
                + "|(^|;|\\m(begin|then|else|loop)\\M)\\s*set\\s+(?!local\\M|constraints\\M|transaction\\M)";

    /// Comments, and calls of set_config that end with the transaction.
    private static final String INNOCENT =
            "--[^\\n]*|/\\*([^*]|\\*+[^*/])*\\*+/|set_config\\s*\\([^()]*,\\s*true\\s*\\)";

    private static final String SQL =
            """
            WITH RECURSIVE known AS MATERIALIZED (
              SELECT p.oid, p.proname::text AS name, pg_catalog.regexp_replace(CASE WHEN p.prosrc = ''
                       THEN pg_catalog.pg_get_functiondef(p.oid) ELSE p.prosrc END,
                       E'%s', ' ', 'gi') AS source
                FROM pg_catalog.pg_proc p
                JOIN pg_catalog.pg_language l ON l.oid = p.prolang
                JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
               WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'pointsman')
                 AND l.lanname NOT IN ('internal', 'c')
            ), suspect AS (
              SELECT oid, name, source FROM known WHERE source ~* E'%s'
              UNION
              SELECT k.oid, k.name, k.source FROM known k, suspect s
               WHERE pg_catalog.strpos(pg_catalog.lower(k.source), pg_catalog.lower(s.name)) > 0
            )
            SELECT 'function', name FROM suspect
            UNION
            SELECT CASE WHEN d.classid IN ('pg_catalog.pg_trigger'::pg_catalog.regclass,
                                           'pg_catalog.pg_attrdef'::pg_catalog.regclass,
                                           'pg_catalog.pg_constraint'::pg_catalog.regclass)
                        THEN 'writes' ELSE 'everything' END, ''
              FROM pg_catalog.pg_depend d JOIN suspect s ON d.refobjid = s.oid
             WHERE d.refclassid = 'pg_catalog.pg_proc'::pg_catalog.regclass
               AND d.classid NOT IN ('pg_catalog.pg_proc'::pg_catalog.regclass,
                                     'pg_catalog.pg_event_trigger'::pg_catalog.regclass)
            """
                    .formatted(INNOCENT.replace("\\", "\\\\"), SUSPECT.replace("\\", "\\\\"));

    private final String database;
    private final String server;
    private final List<String> followed;
    private final AtomicLong dueAt = new AtomicLong(System.nanoTime());
    private volatile Lexicon lexicon;
    private volatile Set<String> functions = Set.of();

    private Study(String database, String server, List<String> followed, Lexicon lexicon) {
        this.database = database;
        this.server = server;
        this.followed = followed;
        this.lexicon = lexicon;
    }

    static Study of(String database, String server, List<String> followed) {
        return new Study(database, server, followed, nothingKnown(followed));
    }

    /// Of a server that is not asked.
    static Study never(List<String> followed) {
        var study =
                new Study(
                        "",
                        "",
                        followed,
                        Lexicon.of(List.of(), followed, List.of(), Hiding.NOTHING));
        study.dueAt.set(Long.MAX_VALUE);
        return study;
    }

    private static Lexicon nothingKnown(List<String> followed) {
        return Lexicon.of(List.of(), followed, List.of(), Hiding.EVERYTHING);
    }

    Lexicon lexicon() {
        return lexicon;
    }

    /// What is known may hold no more.
    void outdate() {
        if (dueAt.get() != Long.MAX_VALUE) {
            lexicon = nothingKnown(followed);
            dueAt.set(System.nanoTime());
        }
    }

    /// Whether it is time, and nobody else looks.
    boolean isDue() {
        long due = dueAt.get();
        return due != Long.MAX_VALUE && System.nanoTime() - due >= 0;
    }

    /// Looks, on a connection in between transactions; the answer is taken in as it comes.
    Future<Answer> look(ServerConnection on) {
        long due = dueAt.get();
        dueAt.compareAndSet(due, System.nanoTime() + EVERY);
        Future<Answer> asked = on.ask(SQL);
        asked.addListener(
                (Future<Answer> answered) -> {
                    if (answered.isSuccess() && answered.getNow().clean()) {
                        take(answered.getNow(), on);
                    } else {
                        log.atWarn()
                                .addKeyValue("database", database)
                                .addKeyValue("server", server)
                                .addKeyValue("reason", reason(answered))
                                .log("functions cannot be looked at; each may leave state");
                    }
                });
        return asked;
    }

    private void take(Answer answer, ServerConnection on) {
        var suspects = new TreeSet<String>();
        var hiding = Hiding.NOTHING;
        for (List<@Nullable String> row : answer.rows()) {
            switch (Objects.requireNonNullElse(row.getFirst(), "")) {
                case "function" -> suspects.add(Objects.requireNonNullElse(row.getLast(), ""));
                case "writes" -> hiding = hiding == Hiding.NOTHING ? Hiding.WRITES : hiding;
                case "everything" -> hiding = Hiding.EVERYTHING;
                default -> {}
            }
        }
        var reported = new TreeSet<>(on.parameters().asMap().keySet());
        followed.forEach(reported::remove);
        lexicon = Lexicon.of(reported, followed, suspects, hiding);
        if (!suspects.equals(functions)) {
            functions = suspects;
            log.atInfo()
                    .addKeyValue("database", database)
                    .addKeyValue("server", server)
                    .addKeyValue("functions", suspects)
                    .addKeyValue("run_without_being_named", hiding)
                    .log("functions that may leave state in a session");
        }
    }

    private static String reason(Future<Answer> answered) {
        return answered.isSuccess()
                ? answered.getNow().errors().getFirst().summary()
                : String.valueOf(answered.cause().getMessage());
    }
}
