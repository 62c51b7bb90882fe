package dev.pointsman.core.session;

import static dev.pointsman.core.session.GateAndSessionTest.types;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.core.peer.Message;
import dev.pointsman.core.peer.ScriptedClient;

import java.util.Arrays;

/// A client that knows its key.
public final class CancelClient implements AutoCloseable {
    private final SessionRig rig;
    private final ScriptedClient peer;
    private final int pid;
    private final byte[] secret;

    private CancelClient(SessionRig rig, ScriptedClient peer, Message key) {
        this.rig = rig;
        this.peer = peer;
        this.pid = key.int32(0);
        this.secret = Arrays.copyOfRange(key.body(), Integer.BYTES, key.body().length);
    }

    public static CancelClient of(SessionRig rig) {
        var peer = ScriptedClient.connect(rig.port());
        var login = peer.logIn("app", SessionRig.DATABASE);
        var key = login.stream().filter(one -> one.type() == 'K').findFirst().orElseThrow();
        return new CancelClient(rig, peer, key);
    }

    public ScriptedClient peer() {
        return peer;
    }

    int pid() {
        return pid;
    }

    byte[] secret() {
        return secret.clone();
    }

    public void query(String sql) {
        peer.query(sql);
    }

    public void expectRows() {
        assertThat(types(peer.expectUpTo('Z'))).isEqualTo("TDCZ");
    }

    /// The socket on which the request went out; it ends when that has taken effect.
    public ScriptedClient cancel() {
        return cancel(pid, secret);
    }

    ScriptedClient cancel(int toPid, byte[] withSecret) {
        var other = ScriptedClient.connect(rig.port());
        other.cancel(toPid, withSecret);
        return other;
    }

    /// Says goodbye.
    public void leave() {
        peer.terminate();
    }

    @Override
    public void close() {
        peer.close();
    }
}
