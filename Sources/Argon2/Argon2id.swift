import CArgon2

/// Hashes passwords with Argon2id (RFC 9106).
///
/// Every call blocks its thread for the whole of the work and holds its memory
/// for as long, so callers run them on a small pool of their own.
public struct Argon2id: Sendable {
    public let parameters: Argon2Parameters

    private static let saltLength = 16
    private static let hashLength = 32

    public init(parameters: Argon2Parameters = Argon2Parameters()) {
        self.parameters = parameters
    }

    /// Hashes with a fresh salt.
    ///
    /// The result carries everything that a later check needs:
    /// `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`.
    public func hash(_ password: String) throws(Argon2Error) -> String {
        let password = Array(password.utf8)
        let salt = (0..<Self.saltLength).map { _ in UInt8.random(in: .min ... .max) }
        var encoded = [CChar](repeating: 0, count: encodedLength)
        let code = argon2id_hash_encoded(
            parameters.iterations,
            parameters.memoryKiB,
            parameters.parallelism,
            password,
            password.count,
            salt,
            salt.count,
            Self.hashLength,
            &encoded,
            encoded.count
        )
        guard code == ARGON2_OK.rawValue else { throw Argon2Error(code: code, doing: "hash password") }
        return String(decoding: encoded.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// Whether the password is the one behind the encoded hash, which may have been made with other parameters.
    public static func verify(_ password: String, against encoded: String) throws(Argon2Error) -> Bool {
        let password = Array(password.utf8)
        let code = argon2id_verify(encoded, password, password.count)
        switch code {
        case ARGON2_OK.rawValue: return true
        case ARGON2_VERIFY_MISMATCH.rawValue: return false
        default: throw Argon2Error(code: code, doing: "verify password")
        }
    }

    /// Whether an encoded hash was made with these parameters.
    public func hasParameters(of encoded: String) -> Bool { encoded.hasPrefix("$argon2id$v=19$\(costs)$") }

    /// A hash that no password has, which costs as much to check as a real one.
    public var unmatchable: String {
        let salt = String(repeating: "A", count: (Self.saltLength * 4 + 2) / 3)
        let hash = String(repeating: "A", count: (Self.hashLength * 4 + 2) / 3)
        return "$argon2id$v=19$\(costs)$\(salt)$\(hash)"
    }

    private var costs: String {
        "m=\(parameters.memoryKiB),t=\(parameters.iterations),p=\(parameters.parallelism)"
    }

    private var encodedLength: Int {
        argon2_encodedlen(
            parameters.iterations,
            parameters.memoryKiB,
            parameters.parallelism,
            UInt32(Self.saltLength),
            UInt32(Self.hashLength),
            Argon2_id
        )
    }
}
