package dev.pointsman.cli.serve;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/// Signals to this process.
final class Signals {
    private static final Logger log = LoggerFactory.getLogger(Signals.class);

    private Signals() {}

    /// From now on the signal does that, on a virtual thread. Where there is no such signal,
    /// nothing happens; the signal's class belongs to no standard, so it is looked up by name.
    static void on(String name, Runnable what) {
        try {
            var signal = Class.forName("sun.misc.Signal");
            var handler = Class.forName("sun.misc.SignalHandler");
            var ours =
                    Proxy.newProxyInstance(
                            Signals.class.getClassLoader(),
                            new Class<?>[] {handler},
                            (self, method, arguments) ->
                                    answer(self, method, arguments, name, what));
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), ours);
        } catch (ReflectiveOperationException e) {
            log.atInfo()
                    .addKeyValue("signal", name)
                    .addKeyValue("cause", e.toString())
                    .log("this signal cannot be heard here; the admin port does the same");
        }
    }

    @SuppressWarnings("ReferenceEquality") // a proxy equals itself alone
    private static Object answer(
            Object self, Method method, Object[] arguments, String name, Runnable what) {
        return switch (method.getName()) {
            case "hashCode" -> System.identityHashCode(self);
            case "equals" -> self == arguments[0];
            case "toString" -> "on SIG" + name;
            default -> Thread.ofVirtual().name("SIG" + name).start(what);
        };
    }
}
