import Foundation

/// The folder in which one worker process keeps files while it works on them.
public struct ScratchFolder: Sendable {
    /// The folder of this process, made by ``init(below:)``.
    public let path: String

    /// Makes a folder for this process below `root`, and removes those whose process is gone.
    ///
    /// `root` belongs to one machine: a process is looked up by its number here.
    public init(below root: String) throws {
        let files = FileManager.default
        try files.createDirectory(atPath: root, withIntermediateDirectories: true)
        for name in try files.contentsOfDirectory(atPath: root) where Self.isAbandoned(name) {
            try? files.removeItem(atPath: "\(root)/\(name)")
        }
        path = "\(root)/\(ProcessInfo.processInfo.processIdentifier)-\(UInt32.random(in: 0 ... .max))"
        try files.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    /// Runs `body` with an empty folder that exists for as long.
    func withFolder<Result>(_ name: String, _ body: (String) async throws -> Result) async throws -> Result {
        let folder = "\(path)/\(name)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        return try await body(folder)
    }

    /// Removes the folder of this process.
    public func remove() { try? FileManager.default.removeItem(atPath: path) }

    private static func isAbandoned(_ name: String) -> Bool {
        guard let number = name.split(separator: "-").first.flatMap({ Int32($0) }) else { return false }
        return !FileManager.default.fileExists(atPath: "/proc/\(number)")
    }
}
