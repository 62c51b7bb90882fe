package dev.pointsman.cli.crash;

import com.sun.jdi.Bootstrap;
import com.sun.jdi.ClassType;
import com.sun.jdi.IncompatibleThreadStateException;
import com.sun.jdi.ObjectReference;
import com.sun.jdi.ReferenceType;
import com.sun.jdi.VMDisconnectedException;
import com.sun.jdi.VirtualMachine;
import com.sun.jdi.connect.IllegalConnectorArgumentsException;
import com.sun.jdi.event.BreakpointEvent;
import com.sun.jdi.event.ClassPrepareEvent;
import com.sun.jdi.request.EventRequest;

import dev.pointsman.core.cutover.run.Step;

import java.io.IOException;
import java.util.List;
import java.util.Objects;

/// A fault point, planted from outside into a process that is the program itself with nothing of a
/// test in it: a debugger that waits where the program tells nobody what step it has passed, and
/// does there what it was told to. Whoever passed the step goes on behind that, if it still can.
final class FatalStep implements Runnable {
    private static final String WATCH = Step.Watch.class.getName();
    private static final String STEP = Step.class.getName();

    private final VirtualMachine machine;
    private final Step fatal;
    private final Runnable end;
    private boolean ordered;
    private boolean done;

    private FatalStep(VirtualMachine machine, Step fatal, Runnable end, boolean ordered) {
        this.machine = machine;
        this.fatal = fatal;
        this.end = end;
        this.ordered = ordered;
    }

    /// What makes a program wait for a debugger, at any port of this machine, while it runs.
    static String flag() {
        return "-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=127.0.0.1:0";
    }

    /// The same for one that does nothing before it is told to.
    static String waitingFlag() {
        return flag().replace("suspend=n", "suspend=y");
    }

    /// Of the next cutover that is ordered: what follows an earlier decision is repeated at a start
    /// and passes steps, too.
    static void plant(int port, Step fatal, Runnable end) throws IOException {
        var planted = new FatalStep(attach(port), fatal, end, false);
        planted.breakIn(planted.machine.classesByName(WATCH).getFirst());
        planted.begin();
    }

    /// Of a start, which waits for it.
    static void plantAtStart(int port, Step fatal, Runnable end) throws IOException {
        var planted = new FatalStep(attach(port), fatal, end, true);
        var prepared = planted.machine.eventRequestManager().createClassPrepareRequest();
        prepared.addClassFilter(WATCH);
        prepared.setSuspendPolicy(EventRequest.SUSPEND_EVENT_THREAD);
        prepared.enable();
        planted.begin();
    }

    private static VirtualMachine attach(int port) throws IOException {
        var connector =
                Bootstrap.virtualMachineManager().attachingConnectors().stream()
                        .filter(one -> one.name().equals("com.sun.jdi.SocketAttach"))
                        .findFirst()
                        .orElseThrow();
        var arguments = connector.defaultArguments();
        Objects.requireNonNull(arguments.get("hostname")).setValue("127.0.0.1");
        Objects.requireNonNull(arguments.get("port")).setValue(Integer.toString(port));
        try {
            return connector.attach(arguments);
        } catch (IllegalConnectorArgumentsException e) {
            throw new IOException(e);
        }
    }

    private void begin() {
        Thread.ofPlatform().daemon().name("fatal-" + fatal).start(this);
    }

    /// In what the program does when nobody is to be told.
    private void breakIn(ReferenceType watch) {
        var told =
                watch.methods().stream()
                        .filter(method -> !method.isAbstract())
                        .filter(method -> method.argumentTypeNames().equals(List.of(STEP)))
                        .toList();
        for (var method : told) {
            var reached = machine.eventRequestManager().createBreakpointRequest(method.location());
            reached.setSuspendPolicy(EventRequest.SUSPEND_EVENT_THREAD);
            reached.enable();
        }
        if (told.isEmpty()) {
            throw new IllegalStateException("nothing to break in");
        }
    }

    @Override
    public void run() {
        try {
            while (true) {
                var events = machine.eventQueue().remove();
                for (var event : events) {
                    if (event instanceof ClassPrepareEvent prepared) {
                        breakIn(prepared.referenceType());
                    }
                    if (event instanceof BreakpointEvent reached && isTheEnd(reached)) {
                        end.run();
                        done = true;
                    }
                }
                events.resume();
            }
        } catch (VMDisconnectedException _) {
            // it has ended in another way
        } catch (InterruptedException | IncompatibleThreadStateException e) {
            throw new IllegalStateException(e);
        }
    }

    private boolean isTheEnd(BreakpointEvent reached) throws IncompatibleThreadStateException {
        var passed = (ObjectReference) reached.thread().frame(0).getArgumentValues().getFirst();
        ordered = ordered || is(passed, Step.CHECKED);
        return ordered && !done && is(passed, fatal);
    }

    private static boolean is(ObjectReference passed, Step step) {
        var steps = (ClassType) passed.referenceType();
        return passed.equals(steps.getValue(steps.fieldByName(step.name())));
    }
}
