import Foundation

/// Tells one state of a file from another without reading it.
struct FileStamp: Equatable, Sendable {
    private let modified: Date?
    private let size: Int?
    /// Changes when an editor, or `mv`, puts another file in the place of this one.
    private let inode: Int?

    /// - Returns: `nil` if there is no file.
    init?(ofFileAt path: String) {
        // The attributes would be those of a link itself.
        let target = URL(filePath: path).resolvingSymlinksInPath().path
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: target) else { return nil }
        modified = attributes[.modificationDate] as? Date
        size = (attributes[.size] as? NSNumber)?.intValue
        inode = (attributes[.systemFileNumber] as? NSNumber)?.intValue
    }
}
