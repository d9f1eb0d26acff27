import Foundation

/// The folder that a command fills: with everything, or with nothing.
struct OutputFolder {
    private let folder: URL
    private let existed: Bool

    /// Throws `CommandFailure` if there is something in the folder already.
    init(path: String) throws {
        folder = URL(filePath: path).standardizedFileURL
        existed = FileManager.default.fileExists(atPath: folder.path)
        guard existed else { return }
        guard let contents = try? FileManager.default.contentsOfDirectory(atPath: folder.path) else {
            throw CommandFailure(73, "\(path) is not a folder that can be read.")
        }
        guard contents.isEmpty else {
            throw CommandFailure(73, "The folder \(path) is not empty; give a new one or empty it.")
        }
    }

    /// Lets `make` fill a folder beside this one, and moves what it made here once it is complete.
    func fill<Result>(_ make: (URL) throws -> Result) throws -> Result {
        let manager = FileManager.default
        let parent = folder.deletingLastPathComponent()
        let name = ".\(folder.lastPathComponent).partial-\(ProcessInfo.processInfo.processIdentifier)"
        let staging = parent.appending(path: name)
        do { try manager.createDirectory(at: staging, withIntermediateDirectories: true) } catch {
            throw CommandFailure(73, "No folder can be made in \(parent.path).")
        }
        // After success it is empty; if it cannot be removed, the package is complete all the same.
        defer { try? manager.removeItem(at: staging) }
        let result = try make(staging)
        try manager.createDirectory(at: folder, withIntermediateDirectories: true)
        do {
            for item in try manager.contentsOfDirectory(atPath: staging.path) {
                try manager.moveItem(at: staging.appending(path: item), to: folder.appending(path: item))
            }
        } catch {
            removeContents()
            throw CommandFailure(74, "The package cannot be moved into \(folder.path).")
        }
        return result
    }

    private func removeContents() {
        let manager = FileManager.default
        for item in (try? manager.contentsOfDirectory(atPath: folder.path)) ?? [] {
            try? manager.removeItem(at: folder.appending(path: item))
        }
        if !existed { try? manager.removeItem(at: folder) }
    }
}
