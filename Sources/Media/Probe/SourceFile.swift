import Domain
import FFmpeg
import Foundation

/// A creator's file, opened with everything forbidden that is not needed, and its two streams chosen.
final class SourceFile {
    let demuxer: Demuxer
    /// The stream that will be shown.
    let video: StreamInfo
    /// The stream that will be heard.
    let audio: StreamInfo?
    let sizeBytes: Int64

    private let limits: PipelineDefinition.Limits
    private let deadline: Deadline

    init(path: String, limits: PipelineDefinition.Limits) throws {
        self.limits = limits
        sizeBytes = try Self.size(of: path, limits)
        deadline = Deadline(in: .seconds(limits.probeSeconds))
        do {
            demuxer = try Demuxer(path: path, options: Self.options(limits), deadline: deadline)
        } catch {
            throw SourceFailure.whenOpening(error, looksLikeMP4: Self.looksLikeMP4(path))
        }
        guard demuxer.streams.count <= limits.maxStreams else {
            throw SourceFailure.tooManyStreams(limit: limits.maxStreams)
        }
        guard let video = StreamChoice.video(of: demuxer.streams) else { throw SourceFailure.noVideo }
        guard video.width > 0, video.height > 0 else { throw SourceFailure.noPictures }
        self.video = video
        audio = StreamChoice.audio(of: demuxer.streams)
        try Self.refuseUnplayable(video, audio)
    }

    /// Refuses what decodes to nonsense.
    private static func refuseUnplayable(_ video: StreamInfo, _ audio: StreamInfo?) throws {
        if video.isEncrypted || audio?.isEncrypted == true { throw SourceFailure.encrypted }
        guard let dolbyVision = video.dolbyVision else { return }
        // Profile 5 has no base layer for others, and 8 and later say what theirs is.
        let isAlone = dolbyVision.profile >= 8 && dolbyVision.baseLayerCompatibility == 0
        if dolbyVision.profile == 5 || isAlone { throw SourceFailure.dolbyVisionOnly }
    }

    private static func size(of path: String, _ limits: PipelineDefinition.Limits) throws -> Int64 {
        guard
            let attributes = try? FileManager.default.attributesOfItem(
                atPath: URL(filePath: path).resolvingSymlinksInPath().path
            )
        else { throw MediaError(.sourceUnreadable, "The file \(path) does not exist or may not be read.") }
        // Devices and pipes never end.
        guard attributes[.type] as? FileAttributeType == .typeRegular else {
            throw MediaError(.sourceUnreadable, "\(path) is not a regular file.")
        }
        let size = (attributes[.size] as? NSNumber)?.int64Value ?? 0
        if size == 0 {
            throw MediaRefusal(.empty, "The file is empty; choose the video again and upload it once more.")
        }
        if size > limits.maxBytes {
            let limit = limits.maxBytes / 1_000_000
            throw MediaRefusal(.tooLarge, "The file is larger than \(limit) MB; export it smaller or shorter.")
        }
        return size
    }

    /// Whether the first box has a type with which an MP4 or MOV file starts.
    private static func looksLikeMP4(_ path: String) -> Bool {
        let head = try? FileHandle(forReadingFrom: URL(filePath: path)).read(upToCount: 8)
        let type = String(decoding: (head ?? Data()).dropFirst(4), as: UTF8.self)
        return ["ftyp", "moov", "mdat", "free", "skip", "wide", "pnot"].contains(type)
    }

    private static func options(_ limits: PipelineDefinition.Limits) -> Demuxer.Options {
        var options = Demuxer.Options(formats: AcceptedInput.formats)
        options.protocols = AcceptedInput.protocols
        options.decoders = AcceptedInput.videoDecoders + AcceptedInput.audioDecoders
        options.probeBytes = limits.probeBytes
        options.maxPixels = limits.maxPixels
        return options
    }

    /// What the file's headers say.
    ///
    /// The duration is 0 when they do not state it.
    var info: MediaInfo {
        MediaInfo(
            container: demuxer.formatName,
            durationSeconds: isDurationUnknown ? 0 : demuxer.durationSeconds ?? 0,
            sizeBytes: sizeBytes,
            video: VideoStream(
                index: video.index,
                codec: video.codec,
                profile: video.profile,
                width: video.width,
                height: video.height,
                pixelFormat: video.pixelFormat,
                sampleAspectRatio: video.sampleAspectRatio.doubleValue,
                rotationDegrees: video.rotationDegrees,
                isMirrored: video.isMirrored,
                frameRate: video.frameRate.doubleValue,
                isInterlaced: video.isInterlaced,
                colorTransfer: video.colorTransfer
            ),
            audio: audio.map {
                AudioStream(index: $0.index, codec: $0.codec, sampleRate: $0.sampleRate, channels: $0.channels)
            }
        )
    }

    /// Whether the headers leave the duration open, or it was only estimated.
    var isDurationUnknown: Bool { (demuxer.durationSeconds ?? 0) <= 0 || demuxer.isDurationEstimated }

    /// The source's time that becomes 0.
    ///
    /// MP4's edit lists place every stream on a timeline that starts at 0. Other
    /// containers may start anywhere: there it is the first picture, unless
    /// sound starts well before it; up to a tenth of a second of that is cut.
    var originSeconds: Double {
        if demuxer.formatName.hasPrefix("mov") { return 0 }
        let start = demuxer.startSeconds
        guard let pictures = video.startTime.map({ Double($0) * video.timeBase.doubleValue }) else { return start }
        return pictures - start > 0.1 ? start : pictures
    }

    /// When the container says that a stream ends, counted from the origin; `nil` when it does not say.
    func statedEnd(of stream: StreamInfo) -> Double? {
        guard let duration = stream.durationSeconds, let start = stream.startTime else { return nil }
        let end = Double(start) * stream.timeBase.doubleValue + duration
        let fileEnd = demuxer.startSeconds + (demuxer.durationSeconds ?? .infinity)
        return min(end, fileEnd) - originSeconds
    }

    /// When the container says that everything ends, counted from the origin; `nil` when it does not say.
    var statedFileEnd: Double? {
        isDurationUnknown ? nil : demuxer.durationSeconds.map { demuxer.startSeconds + $0 - originSeconds }
    }

    /// How much must be there for the file to be whole; 0 when its headers do not say.
    var promisedSeconds: Double {
        guard !isDurationUnknown else { return 0 }
        let streams = [video.durationSeconds, audio?.durationSeconds].compactMap { $0 }
        // Other streams, subtitles for example, may last longer than what is shown and heard.
        return streams.max() ?? demuxer.durationSeconds ?? 0
    }

    /// Refuses a file whose index promises bytes beyond its end.
    func refuseMissingBytes() throws {
        let promised = [video.endOfIndexedBytes, audio?.endOfIndexedBytes ?? 0].max() ?? 0
        if promised > sizeBytes { throw SourceFailure.truncated }
    }

    func makeVideoDecoder(threads: Int, skipsFilters: Bool = false) throws -> Decoder {
        do {
            return try Decoder(
                demuxer.parameters(of: video),
                threads: threads,
                skipsFilters: skipsFilters,
                maxPixels: limits.maxPixels,
                allowed: AcceptedInput.videoDecoders,
                preferred: video.hasSeparateAlpha ? AcceptedInput.alphaDecoders[video.codec] : nil
            )
        } catch { throw SourceFailure.noDecoder(for: "picture", video.codec) }
    }

    /// Refuses sound that cannot be decoded, rather than lose it.
    func refuseUnknownSound() throws {
        guard let audio else { return }
        do { _ = try Decoder(demuxer.parameters(of: audio), allowed: AcceptedInput.audioDecoders) } catch {
            throw SourceFailure.noDecoder(for: "sound", audio.codec)
        }
    }

    /// Allows the next calls to take `duration` from now; reads of a probe share one deadline.
    func extendDeadline(to duration: Duration) { deadline.extend(to: duration) }

    /// Returns the next packet, or `nil` at the end of the file.
    func nextPacket() throws -> Packet? {
        if deadline.hasPassed { throw SourceFailure.tookTooLong }
        let next: Packet?
        do { next = try demuxer.nextPacket() } catch { throw SourceFailure.whenReading(error) }
        guard let packet = next else { return nil }
        if packet.isEncrypted { throw SourceFailure.encrypted }
        return packet
    }
}
