package dev.pointsman.core.listen.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.pointsman.core.config.Listen.Local;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

class SocketFileTest {
    @TempDir Path folder;

    private SocketFile file = new SocketFile(Path.of(""), 0);

    @BeforeEach
    void inTheFolder() {
        file = SocketFile.of(new Local.Folder(folder, 0750), 6432);
    }

    private ServerSocketChannel listening() throws IOException {
        var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(file.path()));
        return server;
    }

    @Test
    void itIsNamedAsPostgresqlNamesIt() {
        assertThat(file.path()).isEqualTo(folder.resolve(".s.PGSQL.6432"));
    }

    @Test
    void whereNothingIsNothingHasToGo() throws Exception {
        file.makeRoom();

        assertThat(file.path()).doesNotExist();
    }

    @Test
    void whatADeadProcessLeftIsRemoved() throws Exception {
        // given
        listening().close();
        assertThat(file.path()).exists();

        // when
        file.makeRoom();

        // then
        assertThat(file.path()).doesNotExist();
    }

    @Test
    void aSocketThatSomebodyListensOnStays() throws Exception {
        try (var _ = listening()) {
            assertThatThrownBy(file::makeRoom)
                    .isInstanceOf(IOException.class)
                    .hasMessage("another process listens there; stop it");
            assertThat(file.path()).exists();
        }
    }

    @Test
    void whatIsNoSocketStays() throws Exception {
        Files.writeString(file.path(), "somebody's");

        assertThatThrownBy(file::makeRoom)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no socket");
        assertThat(file.path()).hasContent("somebody's");
    }

    @Test
    void theModeSaysWhoMayConnect() throws Exception {
        try (var _ = listening()) {
            file.open();

            assertThat(Files.getPosixFilePermissions(file.path()))
                    .isEqualTo(PosixFilePermissions.fromString("rwxr-x---"));
        }
        file.remove();
        assertThat(file.path()).doesNotExist();
    }

    @Test
    void aLookChangesNothing() throws Exception {
        // given
        file.mustBeFree();
        assertThat(file.path()).doesNotExist();
        listening().close();

        // when
        file.mustBeFree();

        // then: what a dead process left is removed when our own begins
        assertThat(file.path()).exists();
    }

    @Test
    void aLookTellsOfAFolderThatIsNotThereOrOfSomebodyWhoListens() throws Exception {
        var nowhere = SocketFile.of(new Local.Folder(folder.resolve("nowhere"), 0750), 6432);
        assertThatThrownBy(nowhere::mustBeFree)
                .hasMessage(
                        "cannot listen for clients on %s: there is no such folder; make it; or give"
                                + " `listen.unix_socket_dir` another folder",
                        nowhere.path());
        try (var other = listening()) {
            assertThat(other.isOpen()).isTrue();
            assertThatThrownBy(file::mustBeFree).hasMessageContaining("another process listens");
        }
    }

    /// There not even root may make one.
    @Test
    void aLookTellsOfAFolderThatMayNotBeWrittenIn() {
        // given
        var settings = Path.of("/proc/sys");
        assumeThat(settings).isDirectory();

        // when, then
        assertThatThrownBy(SocketFile.of(new Local.Folder(settings, 0750), 6432)::mustBeFree)
                .hasMessageContainingAll("may not make a file", "unix_socket_dir");
    }
}
