import CArgon2

/// Why libargon2 refused.
///
/// A password that does not match is not an error.
public struct Argon2Error: Error, Sendable, Equatable {
    /// The library's `argon2_error_codes`.
    public let code: Int32
    /// What was being done, for example `hash password`.
    public let doing: String
    /// The library's own words.
    public let message: String

    init(code: Int32, doing: String) {
        self.code = code
        self.doing = doing
        self.message = String(cString: argon2_error_message(code))
    }
}

extension Argon2Error: CustomStringConvertible {
    public var description: String { "\(doing) failed: \(message) (\(code))" }
}
