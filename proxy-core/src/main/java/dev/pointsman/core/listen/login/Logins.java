package dev.pointsman.core.listen.login;

import dev.pointsman.core.config.Config;
import dev.pointsman.core.config.Config.AuthType;
import dev.pointsman.core.config.Secret;
import dev.pointsman.core.config.User;
import dev.pointsman.core.config.access.Applicant;
import dev.pointsman.core.server.keys.Keyring;
import dev.pointsman.core.wire.ErrorReport;
import dev.pointsman.core.wire.SqlState;
import dev.pointsman.core.wire.auth.ScramKeys;

import io.netty.channel.EventLoop;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/// Who may log in: picks the way a client has to prove itself, and judges what needs a server. Any
/// thread; never blocks.
public final class Logins {
    private static final String MEND =
            "auth.rules of the proxy's configuration say who may log in from where.";

    private final Supplier<Config> config;
    private final Keyring keyring;
    private final Credentials credentials = new Credentials();
    private final Passthrough passthrough;
    private final Lookups lookups;

    public Logins(Supplier<Config> config, Keyring keyring, Servers servers) {
        this.config = config;
        this.keyring = keyring;
        this.passthrough = new Passthrough(config, servers, keyring, System::nanoTime);
        this.lookups = new Lookups(config, servers, credentials, System::nanoTime);
    }

    /// Does what is slow about the users of a configuration. Blocks.
    public void prepare(Config next) {
        credentials.prepare(next);
    }

    /// Whether a server is asked about this client before it has proved anything.
    public boolean asksServers(Applicant who) {
        return config.get()
                .auth()
                .way(who)
                .filter(
                        way ->
                                way == AuthType.QUERY
                                        || (way == AuthType.PASSTHROUGH && who.isPrivate()))
                .isPresent();
    }

    /// What the client has to answer to. To be called on its loop; completes on any thread.
    public CompletableFuture<Demand> demand(Applicant who, EventLoop loop) {
        Config now = config.get();
        var way = now.auth().way(who);
        return way.isEmpty()
                ? refusal(
                        "no auth.rules entry for " + who.inWords(),
                        "Add a rule, or connect otherwise: ")
                : demand(way.get(), who, now, loop);
    }

    private CompletableFuture<Demand> demand(
            AuthType way, Applicant who, Config now, EventLoop loop) {
        return switch (way) {
            case TRUST ->
                    now.users().containsKey(who.user())
                            ? CompletableFuture.completedFuture(new Demand.Nothing())
                            : refused(wrong(who.user()));
            case CERT ->
                    now.users().containsKey(who.user())
                            ? CompletableFuture.completedFuture(new Demand.Certificate())
                            : refused(uncertified(who.user()));
            case MD5, SCRAM_SHA_256 -> credentials.of(who.user(), way, now);
            case PASSTHROUGH ->
                    who.isPrivate()
                            ? CompletableFuture.completedFuture(new Demand.ClearPassword())
                            : refused(unencrypted(who));
            case QUERY -> lookups.of(who, loop);
            case REJECT -> refusal("auth.rules rejects connection for " + who.inWords(), "");
        };
    }

    /// Whether the password that was sent for [Demand.ClearPassword] is right.
    public CompletableFuture<Verdict> check(Applicant who, String password, EventLoop loop) {
        return passthrough.check(who, new Secret.Clear(password), loop);
    }

    /// The client proved that it has these keys. They log the user in on servers that store the
    /// same verifier, where the configuration holds no password.
    public void proved(Applicant who, ScramKeys keys) {
        if (!isConfigured(who.user())) {
            keyring.of(who.database(), who.user()).learn(keys);
        }
    }

    /// The same for an md5 hash.
    public void proved(Applicant who, String md5Hash) {
        if (!isConfigured(who.user())) {
            keyring.of(who.database(), who.user()).learn(new Secret.Md5Hash(md5Hash));
        }
    }

    /// What a client is told whose user or password is wrong, whichever of the two.
    public static ErrorReport wrong(String user) {
        return ErrorReport.fatal(
                        SqlState.INVALID_PASSWORD,
                        "password authentication failed for user \"%s\"".formatted(user))
                .withHint(
                        "Check the user's name and password, and that the proxy's"
                                + " configuration knows the user.");
    }

    /// What a client is told whose certificate is missing or in another's name.
    public static ErrorReport uncertified(String user) {
        return ErrorReport.fatal(
                        SqlState.INVALID_AUTHORIZATION_SPECIFICATION,
                        "certificate authentication failed for user \"%s\"".formatted(user))
                .withHint(
                        "Show a certificate whose only common name (CN) is the user's name, with"
                                + " sslcert and sslkey, and see that the proxy's configuration"
                                + " knows the user.");
    }

    private boolean isConfigured(String name) {
        User user = config.get().users().get(name);
        return user != null && user.secret() instanceof Secret.Clear;
    }

    private static ErrorReport unencrypted(Applicant who) {
        return ErrorReport.fatal(
                        SqlState.INVALID_AUTHORIZATION_SPECIFICATION,
                        "the password of user \"%s\" is taken on encrypted connections only"
                                .formatted(who.user()))
                .withHint("Connect with sslmode=require or better.");
    }

    private static CompletableFuture<Demand> refusal(String message, String mend) {
        return refused(
                ErrorReport.fatal(SqlState.INVALID_AUTHORIZATION_SPECIFICATION, message)
                        .withHint(mend + MEND));
    }

    private static CompletableFuture<Demand> refused(ErrorReport why) {
        return CompletableFuture.completedFuture(new Demand.Refusal(why));
    }
}
