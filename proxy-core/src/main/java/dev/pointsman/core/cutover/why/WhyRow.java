package dev.pointsman.core.cutover.why;

/// One line of the answer to "why does this server serve": where it was read (a server's name or
/// `journal`), the epoch and kind found there, which server that names, whether this line decides,
/// and what about it is unfinished (empty when nothing is).
public record WhyRow(
        String database,
        String from,
        long epoch,
        String kind,
        String server,
        boolean decides,
        String unfinished) {}
