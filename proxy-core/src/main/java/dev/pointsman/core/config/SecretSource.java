package dev.pointsman.core.config;

/// Where a password comes from: it stands in the file (then it is a [Secret] itself), or it changes
/// as time goes by.
public interface SecretSource {
    /// The secret as it is now. Never blocks: one that has to be fetched anew is fetched behind the
    /// caller's back, and the former one serves meanwhile.
    Secret now();
}
