package dev.polymath.server;

import dev.polymath.InputException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A certificate and its key, from PEM files to what Java's TLS reads. */
final class PemFiles {
    private static final Pattern KEY =
            Pattern.compile("-----BEGIN ([A-Z ]*)PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END [A-Z ]*PRIVATE KEY-----");
    private static final List<String> ALGORITHMS = List.of("RSA", "EC", "EdDSA");

    private PemFiles() {}

    /**
     * @param password of the store that is returned; it lies in memory only
     * @throws InputException if a file cannot be read, or is not what it should be
     */
    static KeyStore store(ServerSettings.Tls tls, char[] password) {
        try {
            Collection<? extends Certificate> chain = CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(bytes(tls.certificate())));
            if (chain.isEmpty()) throw new InputException(tls.certificate() + " has no certificate");
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry("server", key(tls.key()), password, chain.toArray(Certificate[]::new));
            return store;
        } catch (CertificateException e) {
            throw new InputException(tls.certificate() + " is not a certificate in PEM: " + e.getMessage(), e);
        } catch (GeneralSecurityException | IOException e) {
            throw new InputException(
                    tls.certificate() + " and " + tls.key() + " do not make a TLS key: " + e.getMessage(), e);
        }
    }

    private static PrivateKey key(Path file) throws GeneralSecurityException {
        Matcher pem = KEY.matcher(new String(bytes(file), StandardCharsets.ISO_8859_1));
        if (!pem.find()) throw new InputException(file + " has no private key in PEM");
        if (!pem.group(1).isEmpty()) {
            throw new InputException(
                    file + " has a key of kind '" + pem.group(1).strip()
                            + "'; PKCS #8 is read, which `openssl pkcs8 -topk8 -nocrypt -in " + file.getFileName()
                            + "` makes of it");
        }
        byte[] der = Base64.getMimeDecoder().decode(pem.group(2));
        for (String algorithm : ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
            } catch (InvalidKeySpecException e) {
                // Another algorithm's; the next is tried.
            }
        }
        throw new InputException(file + " has a key of an algorithm that is not read; " + ALGORITHMS + " are");
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new InputException(
                    Files.exists(file) ? file + " cannot be read: " + e.getMessage() : "there is no file " + file, e);
        }
    }
}
