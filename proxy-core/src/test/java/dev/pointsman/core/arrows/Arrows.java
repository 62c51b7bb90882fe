package dev.pointsman.core.arrows;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchRule;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The rules for the packages below `root`, which is the project's own or the planted one.
record Arrows(String root) {
    /// Who may use what of ours, sub-packages included. The composition root may use everything.
    private static final Map<String, Set<String>> USES =
            Map.ofEntries(
                    Map.entry("wire", Set.of()),
                    Map.entry("config", Set.of("wire")),
                    Map.entry("channel", Set.of("config", "wire")),
                    Map.entry("meter", Set.of("config", "wire")),
                    Map.entry("tls", Set.of("config", "wire")),
                    Map.entry("server", Set.of("channel", "config", "meter", "tls", "wire")),
                    Map.entry(
                            "pool", Set.of("server", "channel", "config", "meter", "tls", "wire")),
                    Map.entry("gate", Set.of("pool", "server", "config", "meter", "tls", "wire")),
                    Map.entry(
                            "session",
                            Set.of(
                                    "gate", "pool", "server", "channel", "config", "meter", "tls",
                                    "wire")),
                    Map.entry(
                            "listen",
                            Set.of(
                                    "session", "gate", "pool", "server", "channel", "config",
                                    "meter", "tls", "wire")),
                    Map.entry("cluster", Set.of("config", "meter", "tls", "wire")),
                    Map.entry("migration", Set.of("cluster", "config", "meter", "tls", "wire")),
                    Map.entry(
                            "cutover",
                            Set.of(
                                    "gate",
                                    "pool",
                                    "cluster",
                                    "migration",
                                    "config",
                                    "meter",
                                    "tls",
                                    "wire")));

    private static final Set<String> DATA_PATH =
            Set.of("listen", "session", "gate", "pool", "server");

    /// What the control path holds of gates and pools: it may wait, on a virtual thread.
    private static final Set<String> CONTROL_PATH_VIEWS = Set.of("Gate", "Hold", "Pools");

    private static final Set<String> BLOCKING =
            Set.of(
                    "get",
                    "join",
                    "sync",
                    "await",
                    "take",
                    "acquire",
                    "waitFor",
                    "sleep",
                    "wait",
                    "syncUninterruptibly",
                    "awaitUninterruptibly",
                    "acquireUninterruptibly");

    private static final Set<String> READERS =
            Set.of(
                    "java.nio.file.Files",
                    "java.nio.channels.FileChannel",
                    "java.io.FileInputStream",
                    "java.io.FileOutputStream",
                    "java.io.FileReader",
                    "java.io.FileWriter",
                    "java.io.RandomAccessFile");

    List<ArchRule> rules() {
        var rules = new ArrayList<ArchRule>();
        USES.forEach((from, to) -> rules.add(arrows(from, to)));
        rules.add(loginKnowsNoConnection());
        rules.add(filesAndEnvironment());
        rules.add(nothingBlocks());
        rules.add(noLocks());
        rules.add(noSynchronizedMethods());
        return rules.stream().map(rule -> rule.allowEmptyShould(true)).toList();
    }

    /// The folders, below the root's, of classes that run on event loops.
    static Set<String> dataPath() {
        return DATA_PATH;
    }

    static boolean isControlPathView(String topLevelName) {
        return CONTROL_PATH_VIEWS.contains(topLevelName);
    }

    private ArchRule arrows(String from, Set<String> to) {
        var others =
                USES.keySet().stream()
                        .filter(name -> !name.equals(from) && !to.contains(name))
                        .map(this::tree)
                        .toArray(String[]::new);
        return noClasses()
                .that(resideInAPackage(tree(from)))
                .should()
                .dependOnClassesThat(resideInAnyPackage(others).or(resideInAPackage(root)))
                .because("arrows point one way");
    }

    private ArchRule loginKnowsNoConnection() {
        return noClasses()
                .that(resideInAPackage(tree("server.login")))
                .should()
                .dependOnClassesThat(resideInAPackage(root + ".server"))
                .because("a login does not know what becomes of its connection");
    }

    private ArchRule filesAndEnvironment() {
        return noClasses()
                .that(resideInAPackage(root + ".."))
                .and(
                        DescribedPredicate.not(
                                resideInAnyPackage(
                                        tree("config"), tree("cutover"), tree("listen.local"))))
                .should()
                .accessTargetWhere(
                        describe(
                                "reads files or the environment",
                                access ->
                                        READERS.contains(access.getTargetOwner().getName())
                                                || isEnvironment(access)))
                .because(
                        "only config reads, cutover keeps its journal and reports, and a socket"
                                + " that clients connect to may be a file");
    }

    private ArchRule nothingBlocks() {
        return noClasses()
                .that(onEventLoops())
                .should()
                .accessTargetWhere(describe("may block", Arrows::mayBlock))
                .orShould()
                .dependOnClassesThat(resideInAnyPackage("java.sql..", "com.zaxxer.hikari.."))
                .because("an event loop never waits");
    }

    private ArchRule noLocks() {
        return noClasses()
                .that(onEventLoops())
                .should()
                .dependOnClassesThat(resideInAPackage("java.util.concurrent.locks"))
                .because("an event loop takes no lock");
    }

    private ArchRule noSynchronizedMethods() {
        return noMethods()
                .that()
                .areDeclaredInClassesThat(onEventLoops())
                .should()
                .haveModifier(JavaModifier.SYNCHRONIZED)
                .because("an event loop takes no lock");
    }

    private DescribedPredicate<JavaClass> onEventLoops() {
        var packages = DATA_PATH.stream().map(this::tree).toArray(String[]::new);
        return resideInAnyPackage(packages)
                .and(
                        describe(
                                "run on event loops",
                                type -> !isControlPathView(topLevel(type).getSimpleName())));
    }

    private static JavaClass topLevel(JavaClass type) {
        return type.getEnclosingClass().map(Arrows::topLevel).orElse(type);
    }

    private static boolean isEnvironment(JavaAccess<?> access) {
        return access.getTargetOwner().getName().equals("java.lang.System")
                && access.getTarget().getName().equals("getenv");
    }

    private static boolean mayBlock(JavaAccess<?> access) {
        var owner = access.getTargetOwner();
        return BLOCKING.contains(access.getTarget().getName())
                && (owner.isAssignableTo("java.util.concurrent.Future")
                        || owner.isEquivalentTo(Thread.class)
                        || owner.isEquivalentTo(Process.class)
                        || owner.isAssignableTo("java.util.concurrent.BlockingQueue")
                        || owner.isAssignableTo("java.util.concurrent.CountDownLatch")
                        || owner.isAssignableTo("java.util.concurrent.Semaphore")
                        || access.getTarget().getName().equals("wait"));
    }

    private String tree(String name) {
        return root + "." + name + "..";
    }
}
