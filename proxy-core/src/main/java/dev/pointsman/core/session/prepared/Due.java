package dev.pointsman.core.session.prepared;

import dev.pointsman.core.session.prepared.ServerStatements.Prepared;
import dev.pointsman.core.wire.ErrorReport;

/// Something that was sent and is not answered yet.
sealed interface Due {
    /// A Sync, where the server stops to discard.
    record Sync() implements Due {}

    /// A Sync of ours between what a Query of the client's needs and the Query.
    record OwnSync() implements Due {}

    /// A Query or a FunctionCall.
    record Query() implements Due {}

    /// A Parse of the client's, of the unnamed statement or in place of one that exists here
    /// already; its answer is the client's.
    record Parse(String name) implements Due {}

    /// A Parse that puts a statement on this connection. `name` is the client's whose Parse it was;
    /// empty: ours, and its answer is not passed on.
    record Put(String name, Statement statement, Prepared prepared) implements Due {}

    /// A Close of the client's. `statement` was called `name` until then.
    record Close(String name, Statement statement) implements Due {}

    /// A DEALLOCATE of the client's, which its tag answers. `statement` was called `name` until
    /// then.
    record Deallocate(String name, Statement statement) implements Due {}

    /// A Close of the client's that closes nothing we know.
    record OtherClose() implements Due {}

    /// A Close of ours, or a Parse for nobody.
    record OwnClose() implements Due {}

    /// A Parse of the client's under a name that it uses already, which the server refuses unless
    /// it finds more to say against it.
    record Taken(ErrorReport why) implements Due {}

    /// What makes the server fail in place of a message that is refused.
    record Refusal(ErrorReport why) implements Due {}
}
