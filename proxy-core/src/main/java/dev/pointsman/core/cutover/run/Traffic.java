package dev.pointsman.core.cutover.run;

import dev.pointsman.core.gate.HoldFigures;
import dev.pointsman.core.gate.Insider;
import dev.pointsman.core.gate.Waits;

import java.time.Duration;
import java.util.List;
import java.util.Set;

/// Our own clients and server connections of one database, as a run needs them: everything that
/// happens in this process and not on the servers.
public interface Traffic {

    /// Opens and logs in as many connections to a server as there are to the serving one; says
    /// which users, by what these show, could no longer write there.
    Set<String> warm(String server, Duration limit) throws Abort;

    /// From here on none of those that [#warm] has opened is replaced: [#pids] names them all.
    void endWarming(String server) throws Abort;

    /// From here on nobody opens a connection to that server; whoever needs one waits. Where it
    /// serves, nothing of ours but the run writes to it.
    void seal(String server);

    void unseal(String server);

    /// The process ids of all our server connections there.
    Set<Integer> pids(String server);

    /// Clients that are connected now.
    int clients();

    /// Waits for a moment when nobody is inside, but no longer than this: a hold that begins then
    /// has nothing to drain.
    void awaitLull(Duration limit);

    /// Ends the sessions whose state cannot change servers while the gate is closed: listeners, and
    /// those whose server process holds advisory locks. Says how many.
    int endUncarriable(Set<Integer> lockHolders);

    /// Moves sessions that keep a server connection to the server that serves now.
    void carryOver();

    /// Begins to close the gate, for this attempt.
    Grip hold(long attempt);

    /// The one write of the route.
    void swap(String server, long epoch);

    /// Where the route leads now.
    String serving();

    /// Closes idle connections to a server that was left, and the others as they come back.
    void retire(String server);

    /// Keeps clients held beyond this run, since nobody can tell who serves.
    void keepHeld();

    /// A closed gate. [#open] opens it for this attempt and says what the hold did, [#waits] then
    /// how long clients waited until their statements went on: it waits for the last one's, but no
    /// longer than that.
    interface Grip {
        boolean awaitDrained(Duration limit) throws InterruptedException;

        List<Insider> inside();

        HoldFigures open();

        Waits waits(Duration limit);
    }
}
