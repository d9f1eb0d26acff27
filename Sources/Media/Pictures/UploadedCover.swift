import Domain
import FFmpeg
import Foundation

/// An image file that the creator wants as the cover.
struct UploadedCover {
    private static let maxBytes = 20_000_000

    let path: String
    let limits: PipelineDefinition.Limits
    /// The length that its shorter side has at most.
    let shortSide: Int

    /// Decodes it: upright, on white where it is transparent, in its own shape, without its metadata.
    ///
    /// Throws `MediaRefusal` for what is no image, damaged or beyond a limit; `MediaError` if it cannot be read.
    func picture() throws -> Frame {
        let bytes = try read()
        guard let format = StillImageDecoder.Format(bytes) else {
            throw MediaRefusal(.notMedia, "The cover is not a JPEG, PNG or WebP image; choose one that is.")
        }
        let picture = try decode(bytes, format)
        let turn = picture.orientation()
        let orientation = VideoFilters.Orientation(rotationDegrees: turn.degrees, isMirrored: turn.isMirrored)
        picture.dropMetadata()
        // Filters with two inputs pair pictures by their times.
        picture.pts = 0
        let whole = PictureSize(width: picture.width, height: picture.height)
        let shown = orientation.isSideways ? PictureSize(width: whole.height, height: whole.width) : whole
        try check(shown)
        let size = shown.fitting(shortSide: shortSide)
        return try picture.filtered { PictureFilters.upload($0, orientation: orientation, size: size) }
    }

    private func read() throws -> [UInt8] {
        guard let file = try? FileHandle(forReadingFrom: URL(filePath: path)) else {
            throw MediaError(.sourceUnreadable, "The cover \(path) does not exist or may not be read.")
        }
        let data: Data
        do { data = try file.read(upToCount: Self.maxBytes + 1) ?? Data() } catch {
            throw MediaError(.sourceUnreadable, "The cover \(path) cannot be read.")
        }
        if data.isEmpty { throw MediaRefusal(.empty, "The cover's file is empty; choose the image again.") }
        if data.count > Self.maxBytes {
            let limit = Self.maxBytes / 1_000_000
            throw MediaRefusal(.tooLarge, "The cover's file is larger than \(limit) MB; export it smaller.")
        }
        return Array(data)
    }

    private func decode(_ bytes: [UInt8], _ format: StillImageDecoder.Format) throws -> Frame {
        guard format.isWhole(bytes) else {
            throw MediaRefusal(.truncated, "The cover's file ends too soon; upload the image again.")
        }
        do { return try StillImageDecoder.decode(bytes, as: format, maxPixels: limits.maxPixels) } catch {
            if error.logLine?.contains("max pixel count") == true { throw tooManyPixels }
            throw MediaRefusal(.damaged, "The cover cannot be decoded; export it as JPEG and upload that.")
        }
    }

    private var tooManyPixels: MediaRefusal {
        MediaRefusal(.tooManyPixels, "The cover has too many pixels; export it with at most \(limits.maxSide) a side.")
    }

    private func check(_ size: PictureSize) throws {
        let longSide = max(size.width, size.height)
        if longSide > limits.maxSide { throw tooManyPixels }
        if size.shortSide < limits.minSide {
            throw MediaRefusal(
                .unsupportedFormat,
                "The cover is \(size.width) × \(size.height) pixels, and a side must have at least \(limits.minSide); "
                    + "export it larger."
            )
        }
        if Double(longSide) > Double(size.shortSide) * limits.maxAspectRatio {
            throw MediaRefusal(.unsupportedFormat, "The cover is too long and narrow to show; crop it.")
        }
    }
}
