package dev.pointsman.core;

import dev.pointsman.core.wire.Refused;
import dev.pointsman.core.wire.SqlState;

import java.util.List;

/// The settings of a running proxy as operators change them. Virtual threads.
public interface Settings {
    /// Those of a proxy that was started from no file.
    Settings FIXED =
            new Settings() {
                @Override
                public List<String> reload() throws Refused {
                    throw fixed();
                }

                @Override
                public void set(String key, String value) throws Refused {
                    throw fixed();
                }

                private static Refused fixed() {
                    return new Refused(
                            SqlState.CANT_CHANGE_RUNTIME_PARAM,
                            "this proxy was not started from a configuration file",
                            "Restart it with other settings.");
                }
            };

    /// Reads the file anew; what was set one by one is forgotten. Returns the keys that changed.
    ///
    /// @throws Refused F0000 with every problem of the file, or as [Proxy#reconfigure]
    List<String> reload() throws Refused;

    /// Sets one value until the next [#reload] or the end of the process.
    ///
    /// @param key as SHOW CONFIG spells it
    /// @throws Refused 42704 for an unknown key, 22023 for a bad value, 55P02 for what needs a
    ///   restart
    void set(String key, String value) throws Refused;
}
