import FFmpeg
import Foundation

@testable import Media

/// Looks at pictures that were written.
enum CoverScore {
    /// Decodes an image.
    static func picture(_ url: URL) throws -> Frame {
        let bytes = try Array(Data(contentsOf: url))
        return try StillImageDecoder.decode(bytes, as: .init(bytes) ?? .jpeg, maxPixels: 1 << 27)
    }

    /// The score of an image, as the selector scores its candidates.
    static func of(_ url: URL) throws -> PictureScore {
        let small = try picture(url).filtered { PictureFilters.look($0) }
        return PictureScore(rgb: small.copyFirstPlane(bytesPerPixel: 3), width: small.width)
    }

    static func size(_ url: URL) throws -> [Int] {
        let picture = try picture(url)
        return [picture.width, picture.height]
    }
}
