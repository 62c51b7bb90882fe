package dev.pointsman.cli.serve;

import dev.pointsman.core.Reloading;
import dev.pointsman.core.wire.Refused;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/// SIGHUP: reads the configuration file anew, as RELOAD does.
final class HangUp {
    private static final Logger log = LoggerFactory.getLogger(HangUp.class);

    private HangUp() {}

    /// From now on the signal does that. Where there is no such signal, nothing happens; the
    /// signal's class belongs to no standard, so it is looked up by name.
    static void reloads(Reloading reloading) {
        try {
            var signal = Class.forName("sun.misc.Signal");
            var handler = Class.forName("sun.misc.SignalHandler");
            var ours =
                    Proxy.newProxyInstance(
                            HangUp.class.getClassLoader(),
                            new Class<?>[] {handler},
                            (self, method, arguments) ->
                                    answer(self, method, arguments, reloading));
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance("HUP"), ours);
        } catch (ReflectiveOperationException e) {
            log.atInfo()
                    .addKeyValue("cause", e.toString())
                    .log("no SIGHUP here; RELOAD on the admin port reads the file anew");
        }
    }

    @SuppressWarnings("ReferenceEquality") // a proxy equals itself alone
    private static Object answer(
            Object self, Method method, Object[] arguments, Reloading reloading) {
        return switch (method.getName()) {
            case "hashCode" -> System.identityHashCode(self);
            case "equals" -> self == arguments[0];
            case "toString" -> "SIGHUP reloads";
            default -> Thread.ofVirtual().name("reload").start(() -> reload(reloading));
        };
    }

    private static void reload(Reloading reloading) {
        try {
            reloading.reload();
        } catch (Refused refused) {
            var report = refused.report();
            log.atError()
                    .addKeyValue("sqlstate", report.sqlState().code())
                    .addKeyValue("detail", report.detail())
                    .log("SIGHUP: " + report.message() + ". " + report.hint());
        }
    }
}
