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

    let limits: PipelineDefinition.Limits
    private let deadline: Deadline
    /// Whether the index is spread over the file.
    let isFragmented: Bool
    /// The part of what the index lists that is there, by time: less than 1 if the file was cut.
    let presentShare: Double
    private var clock = ClockRepair()
    private var failuresInARow = 0

    init(path: String, limits: PipelineDefinition.Limits) throws {
        self.limits = limits
        sizeBytes = try Self.size(of: path, limits)
        let outline = try Self.sniff(path, limits)
        isFragmented = outline?.isFragmented == true
        deadline = Deadline(in: .seconds(limits.probeSeconds))
        do {
            demuxer = try Demuxer(path: path, options: Self.options(limits), deadline: deadline)
        } catch {
            throw SourceFailure.whenOpening(error, looksLikeMP4: outline != nil)
        }
        guard demuxer.streams.count <= limits.maxStreams else {
            throw SourceFailure.tooManyStreams(limit: limits.maxStreams)
        }
        guard let video = StreamChoice.video(of: demuxer.streams) else { throw SourceFailure.noVideo }
        guard video.width > 0, video.height > 0 else { throw SourceFailure.noPictures }
        self.video = video
        audio = StreamChoice.audio(of: demuxer.streams)
        if demuxer.isProtected { throw SourceFailure.encrypted }
        presentShare = isFragmented ? 1 : Self.presentShare(of: [video, audio].compactMap { $0 }, demuxer, sizeBytes)
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

    /// Refuses what is no video before any library sees it; returns what an MP4 or MOV file is like.
    private static func sniff(_ path: String, _ limits: PipelineDefinition.Limits) throws -> MovieOutline? {
        let file = try? FileHandle(forReadingFrom: URL(filePath: path))
        guard let head = try? file?.read(upToCount: ContainerSniffer.headBytes) else {
            throw MediaError(.sourceUnreadable, "The file \(path) may not be read.")
        }
        let container = try ContainerSniffer.sniff(Array(head))
        guard container == "mp4" || container == "mov" else { return nil }
        let outline = try MovieOutline(path: path)
        if outline.refersToOtherFiles { throw SourceFailure.refersToOtherFiles }
        if outline.trackCount > limits.maxStreams { throw SourceFailure.tooManyStreams(limit: limits.maxStreams) }
        return outline
    }

    private static func presentShare(of streams: [StreamInfo], _ demuxer: Demuxer, _ sizeBytes: Int64) -> Double {
        if demuxer.formatName == "avi" { return presentShareOfRIFF(demuxer.path, sizeBytes) }
        // The index of other formats lists keyframes only, or what was read until now.
        guard demuxer.formatName.hasPrefix("mov") else { return 1 }
        let shares = streams.compactMap { stream -> Double? in
            guard let indexed = demuxer.indexedSeconds(of: stream, within: sizeBytes), indexed.all > 0 else {
                return nil
            }
            return indexed.present / indexed.all
        }
        return shares.min() ?? 1
    }

    /// An AVI file starts with its size, which recorders leave 0 if they cannot go back to it.
    private static func presentShareOfRIFF(_ path: String, _ sizeBytes: Int64) -> Double {
        let head = try? FileHandle(forReadingFrom: URL(filePath: path)).read(upToCount: 8)
        let size = (head ?? Data()).suffix(4).reversed().reduce(0) { $0 * 256 + Double($1) }
        return size > 0 ? min(1, Double(sizeBytes) / (size + 8)) : 1
    }

    private static func options(_ limits: PipelineDefinition.Limits) -> Demuxer.Options {
        var options = Demuxer.Options(formats: AcceptedInput.formats)
        options.protocols = AcceptedInput.protocols
        options.decoders = AcceptedInput.videoDecoders + AcceptedInput.audioDecoders
        options.probeBytes = limits.probeBytes
        options.maxPixels = limits.decodedPixels
        return options
    }

    /// What the file's headers say.
    ///
    /// The duration is 0 when they do not state it.
    var info: MediaInfo {
        MediaInfo(
            container: demuxer.formatName,
            durationSeconds: durationSeconds ?? 0,
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

    func makeVideoDecoder(threads: Int, deblocking: Deblocking = .all) throws -> Decoder {
        do {
            return try Decoder(
                demuxer.parameters(of: video),
                threads: threads,
                deblocking: deblocking,
                maxPixels: limits.decodedPixels,
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
        guard let packet = try nextReadablePacket() else { return nil }
        if packet.isEncrypted { throw SourceFailure.encrypted }
        if demuxer.clockMayRestart {
            clock.apply(to: packet, timeBase: demuxer.streams[packet.streamIndex].timeBase)
        }
        return packet
    }

    /// Skips what cannot be read: whoever decodes judges whether too much is missing.
    private func nextReadablePacket() throws -> Packet? {
        while true {
            if deadline.hasPassed { throw SourceFailure.tookTooLong }
            do {
                let packet = try demuxer.nextPacket()
                failuresInARow = 0
                return packet
            } catch {
                if error.reason == .interrupted { throw SourceFailure.tookTooLong }
                guard error.reason == .invalidData else {
                    throw MediaError(.sourceUnreadable, "The file cannot be read to its end: \(error)")
                }
                failuresInARow += 1
                // The end of the file is missing, packet by packet.
                if failuresInARow > 1000 { return nil }
            }
        }
    }
}

extension PipelineDefinition.Limits {
    /// What decoders are held to: they count the blocks of up to 128 pixels that a picture is padded to.
    ///
    /// Pictures as such are held to the exact limit where the file is looked at.
    fileprivate var decodedPixels: Int { maxPixels + maxPixels / 8 + 128 * 128 }
}
