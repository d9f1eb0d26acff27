import FFmpeg
import Foundation

/// Writes one picture as the cover: in two sizes, each as JPEG and as WebP.
struct CoverWriter {
    let settings: PipelineDefinition.Cover
    /// A folder that exists.
    let folder: URL

    /// What was written.
    struct Written {
        var size: PictureSize
        var thumbHash: ThumbHash
    }

    /// Writes all four files; `picture` is upright SDR in square pixels.
    @discardableResult
    func write(_ picture: borrowing Frame) throws -> Written {
        let whole = PictureSize(width: picture.width, height: picture.height)
        let small = whole.fitting(shortSide: settings.smallShortSide)
        let written = try writeOne(picture, PackageLayout.cover)
        _ = try write(picture, written.size, PackageLayout.coverWebP)
        _ = try write(picture, small, PackageLayout.smallCover)
        _ = try write(picture, small, PackageLayout.smallCoverWebP)
        return written
    }

    /// Writes the larger size as the one file `name`: WebP if it ends in `.webp`, JPEG otherwise.
    func writeOne(_ picture: borrowing Frame, _ name: String) throws -> Written {
        let whole = PictureSize(width: picture.width, height: picture.height)
        let size = whole.fitting(shortSide: settings.shortSide)
        let bytes = try write(picture, size, name)
        return Written(size: size, thumbHash: try ThumbHash(imageFile: bytes))
    }

    private func write(_ picture: borrowing Frame, _ size: PictureSize, _ name: String) throws -> [UInt8] {
        let bytes = try name.hasSuffix(".webp") ? webp(picture, size) : jpeg(picture, size)
        try PackageLayout.write(bytes, to: folder, name)
        return bytes
    }

    private func jpeg(_ picture: borrowing Frame, _ size: PictureSize) throws -> [UInt8] {
        let converted = try picture.filtered { PictureFilters.jpeg($0, size: size) }
        return try StillImageEncoder.jpeg(converted, quality: settings.jpegQuality)
    }

    private func webp(_ picture: borrowing Frame, _ size: PictureSize) throws -> [UInt8] {
        let converted = try picture.filtered { PictureFilters.webp($0, size: size) }
        return try StillImageEncoder.webp(converted, quality: settings.webpQuality)
    }
}

extension PackageLayout {
    /// Writes a file of a package.
    static func write(_ bytes: [UInt8], to folder: URL, _ name: String) throws {
        let url = folder.appending(path: name)
        do { try Data(bytes).write(to: url) } catch {
            throw MediaError(.outputUnwritable, "\(url.path) cannot be written: \(error)")
        }
    }
}
