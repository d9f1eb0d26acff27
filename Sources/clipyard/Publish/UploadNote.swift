import Foundation

/// Where an upload that is under way goes on, kept between two runs of the program.
///
/// A file a note, in `$XDG_STATE_HOME/clipyard/uploads`, or `~/.local/state/clipyard/uploads`; it holds no token.
struct UploadNote: Codable {
    /// The upload's address.
    var address: String

    static var folder: URL {
        let environment = ProcessInfo.processInfo.environment
        let state = environment["XDG_STATE_HOME"].flatMap { $0.hasPrefix("/") ? URL(filePath: $0) : nil }
        let home = FileManager.default.homeDirectoryForCurrentUser.appending(path: ".local/state")
        return (state ?? home).appending(path: "clipyard/uploads")
    }

    static func read(_ fingerprint: String) -> UploadNote? {
        let data = try? Data(contentsOf: file(fingerprint))
        return data.flatMap { try? JSONDecoder().decode(UploadNote.self, from: $0) }
    }

    /// A note that cannot be kept costs a repetition, and no upload.
    func keep(_ fingerprint: String) {
        try? FileManager.default.createDirectory(at: Self.folder, withIntermediateDirectories: true)
        try? JSONEncoder().encode(self).write(to: Self.file(fingerprint), options: .atomic)
    }

    static func remove(_ fingerprint: String) { try? FileManager.default.removeItem(at: file(fingerprint)) }

    private static func file(_ fingerprint: String) -> URL { folder.appending(path: "\(fingerprint).json") }
}
