import Glibc

/// Why a store could not do what it was asked.
public struct StorageError: Error, Sendable, Equatable {
    public enum Code: Sendable, Equatable {
        /// There is no such object or file.
        case notFound
        /// The disk or the quota is used up. Trying again later may help.
        case full
        /// The path is taken, or a part of it is not a folder.
        case conflict
        /// The caller broke a rule, for example with a link where a file is expected.
        case invalid
        /// The other side could not be reached, or stopped in the middle.
        case network
        /// Another process has it open. Trying again in a moment may help.
        case locked
        /// The service knows the caller or the request's signature not, or forbids it.
        case denied
        /// The service has too much to do. Trying again later may help.
        case busy
        /// The bytes that arrived are not those that were sent: fewer, more or others.
        case damaged
        /// Anything else that the system said.
        case system
    }

    /// What a service on the network said, in its own terms.
    public struct Service: Sendable, Equatable {
        /// Which one, for example `S3`.
        public let name: String
        /// The HTTP status.
        public let status: Int
        /// For example `NoSuchBucket`.
        public let code: String
        /// Which its operator can look up.
        public let requestID: String?
    }

    public let code: Code
    /// What was being done, for example `rename`.
    public let doing: String
    /// The key or path it was done to.
    public let subject: String
    /// The system's own words.
    public let message: String
    /// The value of `errno`, when it was the system that refused.
    public let systemCode: Int32?
    /// Set when it was a service that refused.
    public let service: Service?

    public init(
        _ code: Code,
        doing: String,
        subject: String,
        message: String,
        systemCode: Int32? = nil,
        service: Service? = nil
    ) {
        self.code = code
        self.doing = doing
        self.subject = subject
        self.message = message
        self.systemCode = systemCode
        self.service = service
    }

    /// From `errno`.
    init(errno number: Int32, doing: String, subject: String) {
        self.init(
            Self.code(of: number),
            doing: doing,
            subject: subject,
            message: String(cString: strerror(number)),
            systemCode: number
        )
    }

    private static func code(of number: Int32) -> Code {
        switch number {
        case ENOENT: .notFound
        // EFBIG is what a limit on the size of files (ulimit -f) says.
        case ENOSPC, EDQUOT, EFBIG: .full
        case EEXIST, ENOTDIR, EISDIR, ENOTEMPTY: .conflict
        case ELOOP, EINVAL, ENAMETOOLONG: .invalid
        default: .system
        }
    }
}

extension StorageError: CustomStringConvertible {
    public var description: String {
        let place = [subject, service?.requestID.map { "request \($0)" } ?? ""].filter { !$0.isEmpty }
        return "\(doing) failed: \(message) [\(place.joined(separator: ", "))]"
    }
}
