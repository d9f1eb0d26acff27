import Foundation
import ObjectStorage

/// Where nginx gets media from: this machine's disk, or a bucket that lets it read without a signature.
struct GatewayStore {
    let store: any ObjectStore

    /// Debian's list of who may vouch for a host.
    private static let authorities = "/etc/ssl/certs/ca-certificates.crt"

    /// Which templates of `docker/nginx/` are meant.
    var kind: String { bucket == nil ? "local" : "remote" }

    /// The placeholders of those templates.
    var values: [String: String] {
        guard let bucket else { return ["OBJECTS": (store as? LocalObjectStore)?.root ?? ""] }
        let isSecure = bucket.scheme == "https"
        let needsPort = isSecure && !bucket.host.contains(":")
        return [
            "STORE_SCHEME": bucket.scheme, "STORE_HOST": bucket.host, "STORE_PATH": bucket.pathPrefix,
            "STORE_SERVER": needsPort ? "\(bucket.host):443" : bucket.host,
            "STORE_TLS_LINES": isSecure ? Self.tlsLines(host: bucket.host) : "",
        ]
    }

    private var bucket: BucketLocation? { (store as? BucketObjectStore)?.location }

    private static func tlsLines(host: String) -> String {
        let name = host.split(separator: ":").first.map(String.init) ?? host
        return """
            proxy_ssl_server_name on;
            proxy_ssl_name \(name);
            proxy_ssl_verify on;
            proxy_ssl_verify_depth 4;
            proxy_ssl_trusted_certificate \(authorities);
            """
    }
}
