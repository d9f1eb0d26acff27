/// An avatar, a background or a cover as a user uploaded it, without what it told about its owner.
///
/// A photo says where and when it was taken and with which camera, and often
/// holds a smaller copy of itself from before it was cut. None of that is
/// published: the file is taken apart, and only what is needed to show the
/// picture, its colours and its orientation is written again. The picture
/// itself is not decoded, so nothing of its quality is lost.
public struct UploadedPicture: Sendable {
    public enum Format: String, Sendable, CaseIterable {
        case jpeg, png, webp
    }

    /// How many pixels a side may have.
    public static let side = 16...8192

    public let format: Format
    /// In pixels, as stored: before the orientation that the file may ask for.
    public let width: Int
    public let height: Int
    /// A whole file, to be stored and sent as it is.
    public let bytes: [UInt8]

    /// Judges a file by its content; its name does not matter.
    public init(_ file: [UInt8]) throws(InputRefusal) {
        guard let format = Format(of: file) else { throw .notAPicture }
        let picture: StrippedPicture
        switch format {
        case .jpeg: picture = try JPEGPicture.strip(file)
        case .png: picture = try PNGPicture.strip(file)
        case .webp: picture = try WebPPicture.strip(file)
        }
        self.format = format
        width = picture.size.width
        height = picture.size.height
        bytes = picture.bytes
    }

    public var fileExtension: String { format == .jpeg ? "jpg" : format.rawValue }
    public var contentType: String { "image/\(format.rawValue)" }
}

extension UploadedPicture.Format {
    fileprivate init?(of file: [UInt8]) {
        let head = Head(bytes: file)
        if head.starts(with: [0xFF, 0xD8, 0xFF]) {
            self = .jpeg
        } else if head.starts(with: PNGPicture.signature) {
            self = .png
        } else if head.has("RIFF", at: 0), head.has("WEBP", at: 8) {
            self = .webp
        } else {
            return nil
        }
    }
}
