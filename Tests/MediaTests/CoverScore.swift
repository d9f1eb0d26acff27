import FFmpeg
import Foundation

@testable import Media

/// Looks at a cover that was written, as the selector looked at its candidates.
enum CoverScore {
    static func of(_ url: URL) throws -> PictureScore {
        let demuxer = try Demuxer(
            path: url.path,
            options: .init(formats: ["jpeg_pipe", "image2"]),
            deadline: Deadline(in: .seconds(10))
        )
        let decoder = try Decoder(demuxer.parameters(of: demuxer.streams[0]))
        if let packet = try demuxer.nextPacket() { try decoder.send(packet) }
        try decoder.sendEnd()
        guard let picture = try decoder.nextFrame() else { return PictureScore(pixels: [], width: 0) }
        return PictureScore(pixels: picture.copyFirstPlane(), width: picture.width)
    }
}
