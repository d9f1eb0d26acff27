/// Who may vouch for a server that speaks HTTPS.
public enum CurlTrust: Sendable, Equatable {
    /// Whom this machine trusts.
    case system
    /// Those whose certificates are in a PEM file, or a server that shows one of them itself.
    case file(path: String)
    /// Nobody needs to: for programs of our own on this machine.
    case anyone
}
