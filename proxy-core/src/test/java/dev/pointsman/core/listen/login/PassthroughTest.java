package dev.pointsman.core.listen.login;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pointsman.core.config.Secret;
import dev.pointsman.core.config.access.Applicant;
import dev.pointsman.core.server.keys.UserKeys.Way;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

class PassthroughTest {
    private final LoginRig rig = new LoginRig();
    private final Passthrough passthrough = rig.passthrough();

    @BeforeEach
    void everybodyHasAPassword() {
        rig.passwords.put("blue/app", "right");
        rig.passwords.put("green/app", "right");
    }

    @AfterEach
    void end() {
        rig.close();
    }

    @Test
    void theServerIsAskedOnceAndItsWordIsRemembered() {
        assertThat(check("right")).isInstanceOf(Verdict.Accepted.class);
        assertThat(check("right")).isInstanceOf(Verdict.Accepted.class);

        assertThat(rig.asked("blue/app")).isOne();
    }

    @Test
    void theWordOfAServerIsTakenForAWhileOnly() {
        check("right");
        rig.passwords.put("blue/app", "changed");
        assertThat(check("right")).isInstanceOf(Verdict.Accepted.class);

        rig.pass(61, TimeUnit.SECONDS);

        assertThat(check("right")).isInstanceOf(Verdict.Rejected.class);
        assertThat(check("changed")).isInstanceOf(Verdict.Accepted.class);
    }

    @Test
    void anotherPasswordIsAskedAboutAtOnce() {
        check("right");
        rig.passwords.put("blue/app", "changed");

        assertThat(check("wrong")).isInstanceOf(Verdict.Rejected.class);
        assertThat(check("changed")).isInstanceOf(Verdict.Accepted.class);
        assertThat(rig.asked("blue/app")).isEqualTo(3);
    }

    @Test
    void whoTheServerRefusesInBetweenHasToProveItAnew() {
        check("right");
        rig.passwords.put("blue/app", "changed");

        rig.keyring.of("shop", "app").refused();

        assertThat(check("right")).isInstanceOf(Verdict.Rejected.class);
    }

    @Test
    void afterACutoverTheNewServerIsAsked() {
        check("right");
        rig.passwords.put("green/app", "other there");

        rig.serving = "green";

        assertThat(check("right")).isInstanceOf(Verdict.Rejected.class);
        assertThat(check("other there")).isInstanceOf(Verdict.Accepted.class);
    }

    @Test
    void whileHeldWhoIsKnownIsLetInHoweverLongAgoAndOthersWait() {
        rig.passwords.put("blue/new", "right");
        check("right");
        rig.pass(1, TimeUnit.HOURS);
        rig.shut = true;

        assertThat(check("right")).isInstanceOf(Verdict.Accepted.class);
        CompletableFuture<Verdict> unknown = rig.check(passthrough, rig.client("new"), "right");
        assertThat(rig.asked("blue/new")).isZero();
        assertThat(unknown).isNotDone();

        rig.shut = false;
        assertThat(unknown.join()).isInstanceOf(Verdict.Accepted.class);
    }

    @Test
    void aCrowdWithTheSamePasswordAsksOnce() {
        rig.answering = new CompletableFuture<>();
        var crowd =
                IntStream.range(0, 50)
                        .mapToObj(_ -> rig.check(passthrough, rig.client(), "right"))
                        .toList();
        await().until(() -> rig.asked("blue/app") == 1);

        rig.answering.complete(null);

        assertThat(crowd).allMatch(one -> one.join() instanceof Verdict.Accepted);
        assertThat(rig.asked("blue/app")).isOne();
    }

    @Test
    void fewPasswordsAreAskedAboutAtOnce() {
        rig.answering = new CompletableFuture<>();
        var crowd =
                IntStream.range(0, 50)
                        .mapToObj(
                                i -> rig.check(passthrough, from("10.3.3." + i, "shop"), "no " + i))
                        .toList();
        await().until(() -> rig.asked.size() == 8);
        assertThat(crowd).noneMatch(CompletableFuture::isDone);

        rig.answering.complete(null);

        assertThat(crowd).allMatch(one -> one.join() instanceof Verdict.Rejected);
    }

    @Test
    void whoGuessesHasToWaitAndNobodyElseHas() {
        for (int i = 0; i < 11; i++) {
            assertThat(check("guess " + i)).isInstanceOf(Verdict.Rejected.class);
        }
        var guesses =
                IntStream.range(0, 50)
                        .mapToObj(i -> rig.check(passthrough, rig.client(), "another " + i))
                        .toList();
        var elsewhere = from("10.2.2.2", "shop");

        assertThat(rig.check(passthrough, elsewhere, "right").join())
                .isInstanceOf(Verdict.Accepted.class);
        assertThat(rig.asked("blue/app")).isEqualTo(12);
        assertThat(guesses).noneMatch(CompletableFuture::isDone);
    }

    @Test
    void tenGuessesAreFreeThenOneASecond() {
        var guesses = new Guesses(rig.clock::get);
        var address = rig.client().address();
        for (int i = 0; i < 11; i++) {
            assertThat(guesses.begin(address)).isTrue();
        }

        assertThat(guesses.begin(address)).isFalse();
        assertThat(guesses.delay(address)).isEqualTo(TimeUnit.SECONDS.toNanos(1));
        assertThat(guesses.begin(from("10.2.2.2", "shop").address())).isTrue();
        rig.pass(1, TimeUnit.SECONDS);
        assertThat(guesses.begin(address)).isTrue();
        assertThat(guesses.begin(address)).isFalse();
        guesses.right(address);
        assertThat(guesses.begin(address)).isTrue();
    }

    @Test
    void aServerThatAsksForNoPasswordProvesNothing() {
        rig.way = Way.UNASKED;

        assertThat(check("right"))
                .isInstanceOfSatisfying(
                        Verdict.Unknown.class,
                        unknown ->
                                assertThat(unknown.why().message())
                                        .contains("lets user \"app\" in without a password"));
    }

    @Test
    void noPasswordAndNoDatabaseAreWrongPasswords() {
        var nowhere = from("10.1.1.1", "nowhere");

        assertThat(check("")).isInstanceOf(Verdict.Rejected.class);
        assertThat(rig.check(passthrough, nowhere, "right").join())
                .isInstanceOf(Verdict.Rejected.class);
        assertThat(rig.asked).isEmpty();
    }

    @Test
    void thePasswordItselfIsNotKeptWhereServersSpeakScram() {
        check("right");
        var keys = rig.keyring.of("shop", "app");

        await().until(() -> keys.fitting(new Secret.Absent(), rig.challenge("green")).isPresent());
        assertThat(keys.fitting(new Secret.Absent(), rig.challenge("blue"))).isPresent();
        assertThat(keys.orLearnt(new Secret.Absent())).isEqualTo(new Secret.Absent());
    }

    @ParameterizedTest
    @EnumSource(
            value = Way.class,
            names = {"MD5", "CLEAR"})
    void whatAnOlderServerWantsIsKept(Way way) {
        rig.way = way;

        check("right");

        var learnt = rig.keyring.of("shop", "app").orLearnt(new Secret.Absent());
        assertThat(learnt).isInstanceOf(way == Way.MD5 ? Secret.Md5Hash.class : Secret.Clear.class);
        assertThat(learnt.toString()).doesNotContain("right").doesNotContain("md5");
    }

    private static Applicant from(String address, String database) {
        return new Applicant(new InetSocketAddress(address, 1), database, "app", true);
    }

    private Verdict check(String password) {
        return rig.check(passthrough, rig.client(), password).join();
    }
}
