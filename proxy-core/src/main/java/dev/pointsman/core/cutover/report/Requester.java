package dev.pointsman.core.cutover.report;

/// Who asked: the operator's name and the address the command came from.
public record Requester(String operator, String address) {}
