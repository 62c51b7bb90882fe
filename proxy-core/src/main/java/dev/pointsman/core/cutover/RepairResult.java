package dev.pointsman.core.cutover;

import java.util.List;

/// What REPAIR did, or with a dry run would do, in order; empty when nothing was unfinished.
/// `settled` is true when nothing remains to be done.
public record RepairResult(String database, List<String> steps, boolean settled) {}
