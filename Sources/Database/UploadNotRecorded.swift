import Postgres

/// An upload that certainly left nothing in the database.
public struct UploadNotRecorded: Error {
    /// Why.
    public let underlying: any Error
    /// Whether it is because the author's account does not exist.
    public let isAuthorUnknown: Bool

    init(_ error: any Error) {
        underlying = error
        isAuthorUnknown = (error as? PostgresError)?.isA(.foreignKeyViolation) ?? false
    }
}
