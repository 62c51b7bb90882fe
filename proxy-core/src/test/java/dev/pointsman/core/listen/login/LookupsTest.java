package dev.pointsman.core.listen.login;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pointsman.core.config.Secret;
import dev.pointsman.core.wire.auth.ScramVerifier;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

class LookupsTest {
    private final LoginRig rig = new LoginRig();
    private final Lookups lookups = rig.lookups();

    @AfterEach
    void end() {
        rig.close();
    }

    @Test
    void whatIsStoredDecidesHowItIsProved() {
        // given
        rig.stored.put("blue/app", new Secret.ScramVerifier(ScramVerifier.of("right").text()));
        rig.stored.put("blue/old", new Secret.Md5Hash("md5" + "0".repeat(32)));

        // then
        assertThat(demand("app"))
                .isInstanceOfSatisfying(
                        Demand.ScramProof.class,
                        proof -> assertThat(proof.verifier().matches("right")).isTrue());
        assertThat(demand("old")).isInstanceOf(Demand.Md5Answer.class);
    }

    @Test
    void nobodyIsAskedForAProofThatNobodyHas() {
        assertThat(demand("nobody"))
                .isInstanceOfSatisfying(
                        Demand.ScramProof.class,
                        proof -> assertThat(proof.verifier().matches("")).isFalse());
    }

    @Test
    void theAnswerIsRememberedForAWhileAlsoThatThereIsNobody() {
        demand("app");
        demand("app");
        assertThat(rig.asked("find app")).isOne();

        rig.pass(61, TimeUnit.SECONDS);
        demand("app");
        assertThat(rig.asked("find app")).isEqualTo(2);
    }

    @Test
    void anotherServerIsAskedAnewAndNothingOfTheOtherCounts() {
        rig.stored.put("blue/app", new Secret.Md5Hash("md5" + "0".repeat(32)));
        demand("app");

        rig.serving = "green";

        assertThat(demand("app")).isInstanceOf(Demand.ScramProof.class);
        assertThat(rig.asked("find app")).isEqualTo(2);
    }

    @Test
    void whileHeldWhatIsKnownCountsAndOthersWait() {
        rig.stored.put("blue/app", new Secret.Md5Hash("md5" + "0".repeat(32)));
        demand("app");
        rig.pass(1, TimeUnit.HOURS);
        rig.shut = true;

        assertThat(demand("app")).isInstanceOf(Demand.Md5Answer.class);
        var unknown = rig.demand(lookups, "new");
        assertThat(unknown).isNotDone();
        assertThat(rig.asked("find new")).isZero();

        rig.shut = false;
        assertThat(unknown.join()).isInstanceOf(Demand.ScramProof.class);
    }

    @Test
    void aCrowdAsksOnce() {
        rig.answering = new CompletableFuture<>();
        var crowd = IntStream.range(0, 50).mapToObj(_ -> rig.demand(lookups, "app")).toList();
        await().until(() -> rig.asked("find app") == 1);

        rig.answering.complete(null);

        assertThat(crowd).allMatch(one -> one.join() instanceof Demand.ScramProof);
        assertThat(rig.asked("find app")).isOne();
    }

    private Demand demand(String user) {
        return rig.demand(lookups, user).join();
    }
}
