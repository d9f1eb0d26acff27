import Foundation

/// A folder that goes when its test does.
final class TemporaryFolder: Sendable {
    let path: String

    init(in parent: String = FileManager.default.temporaryDirectory.path) throws {
        path = "\(parent)/storage-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String, _ bytes: some Sequence<UInt8>) throws -> String {
        try Data(bytes).write(to: URL(filePath: "\(path)/\(name)"))
        return "\(path)/\(name)"
    }

    /// Every file below the folder, hidden ones too, as paths relative to it.
    func files() -> Set<String> {
        let names = FileManager.default.enumerator(atPath: path)?.allObjects as? [String] ?? []
        return Set(names.filter { !isFolder("\(path)/\($0)") })
    }

    func folders() -> Set<String> {
        let names = FileManager.default.enumerator(atPath: path)?.allObjects as? [String] ?? []
        return Set(names.filter { isFolder("\(path)/\($0)") })
    }

    private func isFolder(_ path: String) -> Bool {
        var isDirectory: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory.boolValue
    }
}
