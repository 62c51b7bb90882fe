package dev.pointsman.core.tls;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/// Checks certificates of servers as another one does, and keeps hold of the one that did not pass,
/// for people want to know which it was.
final class Suspicion extends X509ExtendedTrustManager {
    private final X509ExtendedTrustManager judge;

    /// A certificate did not pass.
    static final class Rejected extends CertificateException {
        private static final long serialVersionUID = 1L;

        private final X509Certificate shown;

        private Rejected(X509Certificate shown, CertificateException cause) {
            super(cause.getMessage(), cause);
            this.shown = shown;
        }

        X509Certificate shown() {
            return shown;
        }
    }

    /// One judgement.
    private interface Check {
        void run() throws CertificateException;
    }

    Suspicion(X509ExtendedTrustManager judge) {
        this.judge = judge;
    }

    private static void keep(X509Certificate[] chain, Check check) throws CertificateException {
        try {
            check.run();
        } catch (CertificateException e) {
            throw chain.length == 0 ? e : new Rejected(chain[0], e);
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
            throws CertificateException {
        keep(chain, () -> judge.checkServerTrusted(chain, type));
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
            throws CertificateException {
        keep(chain, () -> judge.checkServerTrusted(chain, type, socket));
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
            throws CertificateException {
        keep(chain, () -> judge.checkServerTrusted(chain, type, engine));
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type)
            throws CertificateException {
        judge.checkClientTrusted(chain, type);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
            throws CertificateException {
        judge.checkClientTrusted(chain, type, socket);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
            throws CertificateException {
        judge.checkClientTrusted(chain, type, engine);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return judge.getAcceptedIssuers();
    }
}
