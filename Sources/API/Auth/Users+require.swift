import Database
import Domain

extension Users {
    /// Refuses to speak of a user who does not exist.
    func require(_ id: UserID) async throws {
        guard try await exists(id) else { throw APIError.unknownUser(id) }
    }
}
