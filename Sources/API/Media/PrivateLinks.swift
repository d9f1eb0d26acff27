import Crypto
import Domain
import Foundation

/// Addresses of media that not everyone may see: they expire, and are signed for one folder.
///
/// `/media/private/{expires}/{signature}/videos/{id}/{lease}/…`. The path begins with the signature, so what a playlist
/// names relative to itself inherits it. nginx checks it with `secure_link`, which knows MD5 only; the secret stands
/// last in what is hashed, so that nothing can be appended to it.
struct PrivateLinks: Sendable {
    private let secret: String
    /// How long an address is good for, in seconds.
    private let lifetimeSeconds: Int

    init(secret: String, lifetimeSeconds: Int) {
        self.secret = secret
        self.lifetimeSeconds = lifetimeSeconds
    }

    /// What stands before the folder, for example `private/1767225600/Zm9v…/`.
    func signature(for folder: String, now: Date = Date()) -> String {
        let expires = Int(now.timeIntervalSince1970) + lifetimeSeconds
        return "private/\(expires)/\(sign(folder, expires: "\(expires)"))/"
    }

    /// Media that a path below `/media/` leads to; `nil` when it is not, or no longer, good.
    func address(at path: String, now: Date = Date()) -> (key: String, media: VideoID)? {
        let parts = path.split(separator: "/", maxSplits: 6, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 7, parts[0] == "private", let expires = Int(parts[1]) else { return nil }
        let folder = parts[3...5].joined(separator: "/")
        guard Self.areEqual(sign(folder, expires: parts[1]), parts[2]), Double(expires) >= now.timeIntervalSince1970,
            let media = Int64(parts[4])
        else { return nil }
        return ("\(folder)/\(parts[6])", VideoID(rawValue: media))
    }

    /// As `secure_link_md5 "$expires $folder secret"` computes it.
    private func sign(_ folder: String, expires: String) -> String {
        let digest = Insecure.MD5.hash(data: Data("\(expires) \(folder) \(secret)".utf8))
        return Data(digest).base64EncodedString().filter { $0 != "=" }
            .replacing("+", with: "-").replacing("/", with: "_")
    }

    /// Takes the same time whatever differs.
    private static func areEqual(_ one: String, _ other: String) -> Bool {
        one.utf8.count == other.utf8.count && zip(one.utf8, other.utf8).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}

/// Without the secret, wherever it is printed.
extension PrivateLinks: CustomStringConvertible {
    var description: String { "PrivateLinks" }
}
