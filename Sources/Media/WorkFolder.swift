import Domain
import Foundation

/// A folder that a piece of work fills.
struct WorkFolder {
    private let url: URL

    init(_ url: URL) { self.url = url }

    /// Runs the work; if it fails, the folder is left empty, and the error is a `MediaRefusal` or a `MediaError`.
    func fill<Result>(_ work: () throws -> Result) throws -> Result {
        do { return try work() } catch {
            empty()
            throw Self.explained(error)
        }
    }

    /// Removes what is in it.
    ///
    /// What went wrong stands in an error already; a file that cannot be removed adds nothing to it.
    func empty() {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? [] {
            try? FileManager.default.removeItem(at: url.appending(path: name))
        }
    }

    /// Leaves refusals alone and gives every other error this module's type.
    private static func explained(_ error: any Error) -> any Error {
        if error is MediaRefusal || error is MediaError { return error }
        return MediaError(.internalFailure, "\(error)")
    }
}
