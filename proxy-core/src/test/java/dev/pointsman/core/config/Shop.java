package dev.pointsman.core.config;

import dev.pointsman.core.config.file.ConfigFile;
import dev.pointsman.core.config.file.ConfigProblems;

import java.nio.file.Path;
import java.util.Map;

/// A small configuration: the databases `shop` and `orders`, each on the servers `blue` and
/// `green`, whose control role is `pm`.
public final class Shop {
    private static final String TEXT =
            """
            admin: {users: {operator: secret}}
            auth: {type: trust}
            users: {app: {}}
            databases:
              shop:
                serve: blue
                control: {user: pm}
                servers:
                  blue: {host: 127.0.0.1, port: PORT, dbname: shop, sslmode: disable}
                  green: {host: 127.0.0.1, port: 5433, dbname: shop, sslmode: disable}
              orders:
                serve: blue
                control: {user: pm}
                servers:
                  blue: {host: 127.0.0.1, port: PORT, dbname: orders, sslmode: disable}
                  green: {host: 127.0.0.1, port: 5433, dbname: orders, sslmode: disable}
            """;

    private Shop() {}

    /// The database `shop`, where nobody asks its servers.
    public static Database database() throws ConfigProblems {
        return config(5432).database("shop");
    }

    /// With `blue` at this port.
    public static Config config(int port) throws ConfigProblems {
        var text = TEXT.replace("PORT", Integer.toString(port));
        return ConfigFile.parse(text, "test.yaml", Path.of("target"), Map.of());
    }
}
