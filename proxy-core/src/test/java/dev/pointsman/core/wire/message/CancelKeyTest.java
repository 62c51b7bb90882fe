package dev.pointsman.core.wire.message;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.instruction.InvokeInstruction;
import java.security.MessageDigest;
import java.util.List;
import java.util.Objects;

class CancelKeyTest {
    private static final byte[] SECRET = new byte[32];

    @Test
    void keysAreEqualWhenBothPartsAre() {
        var key = new CancelKey(7, SECRET);
        byte[] other = SECRET.clone();
        other[31] = 1;

        assertThat(key)
                .isEqualTo(new CancelKey(7, SECRET))
                .hasSameHashCodeAs(new CancelKey(7, SECRET));
        assertThat(key).isNotEqualTo(new CancelKey(8, SECRET));
        assertThat(key).isNotEqualTo(new CancelKey(7, other));
        assertThat(key).isNotEqualTo(new CancelKey(7, new byte[31]));
    }

    @Test
    void theSecretIsNotTold() {
        assertThat(new CancelKey(7, new byte[] {97, 98}).toString())
                .isEqualTo("CancelKey[processId=7]");
    }

    /// How long a comparison takes must not tell how much of a guess was right. That cannot be
    /// measured reliably; which method compares can be read.
    @Test
    void secretsAreComparedInConstantTime() throws IOException {
        assertThat(calledBy("equals"))
                .contains(MessageDigest.class.getName() + ".isEqual")
                .noneMatch(called -> called.startsWith("java.util.Arrays."));
    }

    private static List<String> calledBy(String method) throws IOException {
        var file = CancelKey.class.getResourceAsStream("CancelKey.class");
        try (var in = Objects.requireNonNull(file)) {
            return ClassFile.of().parse(in.readAllBytes()).methods().stream()
                    .filter(one -> one.methodName().equalsString(method))
                    .flatMap(one -> one.code().stream())
                    .flatMap(code -> code.elementStream())
                    .filter(InvokeInstruction.class::isInstance)
                    .map(InvokeInstruction.class::cast)
                    .map(
                            call ->
                                    call.owner().asInternalName().replace('/', '.')
                                            + "."
                                            + call.name().stringValue())
                    .toList();
        }
    }
}
