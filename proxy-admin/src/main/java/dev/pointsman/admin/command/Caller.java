package dev.pointsman.admin.command;

/// What a running command knows of whoever gave it. Any thread.
public interface Caller {
    Operator operator();

    /// Tells the operator something while the command runs. Never blocks: with a slow or lost
    /// connection the text is dropped.
    void notice(String text);

    /// How the operator gets the command's attention again.
    Attention attention();
}
