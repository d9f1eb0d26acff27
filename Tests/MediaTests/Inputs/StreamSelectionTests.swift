import Domain
import Foundation
import TestSupport
import Testing

@testable import Media

/// What is shown and heard of files with more, fewer or other streams than one of each.
@Suite struct StreamSelectionTests {
    static let pictures = "-f lavfi -i testsrc2=s=160x120:r=25:d=2"
    static let h264 = "-c:v libx264 -preset ultrafast -g 25"

    static func tone(_ frequency: Int, seconds: Double = 2) -> String {
        "-f lavfi -i sine=frequency=\(frequency):duration=\(seconds):sample_rate=48000"
    }

    /// Sound in a codec or a layout of its own.
    @Test(arguments: [
        ("clip.mov", "-c:a pcm_s16be -tag:a twos"), ("clip.mov", "-c:a pcm_s16le -tag:a sowt"),
        ("clip.mov", "-c:a pcm_s24be"), ("clip.mov", "-c:a alac"), ("clip.mp4", "-c:a libopus"),
        ("clip.mp4", "-c:a flac -strict -2"), ("clip.mp4", "-c:a ac3"), ("clip.mp4", "-c:a libmp3lame"),
        ("clip.mp4", "-c:a aac -ac 1"), ("clip.mp4", "-c:a aac -ar 96000"), ("clip.mp4", "-c:a aac -ar 8000 -ac 1"),
        ("clip.mp4", "-c:a aac -af pan=5.1|c0=c0|c1=c0|c2=c0|c3=c0|c4=c0|c5=c0"),
        ("clip.mkv", "-c:a flac -af pan=7.1|c0=c0|c1=c0|c2=c0|c3=c0|c4=c0|c5=c0|c6=c0|c7=c0"),
        ("clip.3gp", "-c:a aac -ar 8000 -ac 1"),
    ])
    func everySoundBecomesStereoAAC(name: String, codec: String) throws {
        let processed = try Clip(name, "\(Self.pictures) \(Self.tone(700)) \(Self.h264) \(codec)").process()
        let sound = try processed.streams("stream=codec_name,channels,sample_rate")
        #expect(sound.contains("codec_name=aac") && sound.contains("channels=2") && sound.contains("sample_rate=48000"))
        #expect(try abs(processed.frequency() - 700) < 20)
    }

    @Test func videoWithoutSoundHasNoTrack() throws {
        let processed = try Clip("clip.mp4", "\(Self.pictures) \(Self.h264)").process()
        #expect(try !processed.streams("stream=codec_type").contains("audio"))
    }

    @Test func silenceIsKept() throws {
        let silence = "-f lavfi -i anullsrc=d=2"
        let processed = try Clip("clip.mp4", "\(Self.pictures) \(silence) -t 2 \(Self.h264) -c:a aac").process()
        #expect(try processed.streams("stream=codec_type").contains("audio"))
        #expect(try abs(processed.seconds - 2) < 0.1)
    }

    /// The pictures stay until the sound ends, and silence follows sound that ends first.
    @Test(arguments: [(3.5, 3.5), (1.0, 2.0)])
    func longerStreamDecides(soundSeconds: Double, seconds: Double) throws {
        let sound = Self.tone(500, seconds: soundSeconds)
        let processed = try Clip("clip.mp4", "\(Self.pictures) \(sound) \(Self.h264) -c:a aac").process()
        #expect(try abs(processed.seconds - seconds) < 0.1)
        let ends = try processed.streams("stream=duration").split(separator: "\n").compactMap {
            Double($0.dropFirst("duration=".count))
        }
        #expect(ends.count == 2 && ends.allSatisfy { abs($0 - seconds) < 0.1 })
    }

    @Test func defaultSoundIsHeard() throws {
        let clip = try Clip(
            "clip.mp4",
            "\(Self.pictures) \(Self.tone(400)) \(Self.tone(900)) -map 0 -map 1 -map 2 \(Self.h264) -c:a aac "
                + "-metadata:s:a:0 language=eng -metadata:s:a:1 language=deu -disposition:a:0 0 -disposition:a:1 default"
        )
        #expect(try abs(clip.process().frequency() - 900) < 20)
    }

    @Test func firstSoundIsHeardWhenNoneIsDefault() throws {
        let clip = try Clip(
            "clip.mkv",
            "\(Self.pictures) \(Self.tone(400)) \(Self.tone(900)) -map 0 -map 1 -map 2 \(Self.h264) -c:a aac "
                + "-disposition:a:0 0 -disposition:a:1 0"
        )
        #expect(try abs(clip.process().frequency() - 400) < 20)
    }

    @Test func defaultPicturesAreShown() throws {
        let clip = try Clip(
            "clip.mp4",
            "-f lavfi -i color=red:s=160x120:r=25:d=1 -f lavfi -i color=blue:s=320x240:r=25:d=1 -map 0 -map 1 "
                + "\(Self.h264) -disposition:v:0 default -disposition:v:1 0"
        )
        let processed = try clip.process(.inputs(shortSide: 120))
        #expect(processed.size == [160, 120])
        #expect(try processed.picture().color(0.5, 0.5).isNear(.init(1, 0, 0, .bt601), within: 5))
    }

    @Test func largestPicturesAreShownWhenNoneIsDefault() throws {
        let clip = try Clip(
            "clip.mkv",
            "-f lavfi -i color=red:s=160x120:r=25:d=1 -f lavfi -i color=blue:s=320x240:r=25:d=1 -map 0 -map 1 "
                + "\(Self.h264) -disposition:v:0 0 -disposition:v:1 0"
        )
        #expect(try clip.process().size == [320, 240])
    }

    /// The still cover of an album beside sound is no video, and beside pictures is not the one that is shown.
    @Test func attachedPictureIsNotTheVideo() throws {
        let cover = "-f lavfi -i color=red:s=400x400:d=1 -frames:v 1 cover.jpg"
        let song = try Clip(
            "clip.mp4",
            cover,
            "\(Self.tone(500)) -i cover.jpg -map 0 -map 1 -c:a aac -c:v copy -disposition:v attached_pic"
        )
        #expect(try song.refusal() == .noVideo)
        let video = try Clip(
            "clip.mp4",
            cover,
            "\(Self.pictures) -i cover.jpg -map 0 -map 1 -c:v:0 libx264 -c:v:1 copy -disposition:v:1 attached_pic"
        )
        #expect(try video.process(.inputs(shortSide: 120)).size == [160, 120])
    }

    @Test func subtitlesChaptersAndTimecodesAreLeftOut() throws {
        let text = "1\n00:00:00,000 --> 00:00:01,000\nHello\n"
        let chapters = ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=1000\ntitle=One\n"
        let folder = try TemporaryFolder()
        let (subtitles, metadata) = (folder.url.appending(path: "a.srt"), folder.url.appending(path: "a.txt"))
        try Data(text.utf8).write(to: subtitles)
        try Data(chapters.utf8).write(to: metadata)
        let clip = try Clip(
            "clip.mov",
            "\(Self.pictures) \(Self.tone(500)) -i \(subtitles.path) -f ffmetadata -i \(metadata.path) -map 0 -map 1 "
                + "-map 2 -map_metadata 3 -map_chapters 3 \(Self.h264) -c:a aac -c:s mov_text -timecode 01:00:00:00"
        )
        let streams = try clip.streams()
        #expect(streams.contains("mov_text") && streams.contains("tmcd"))
        let processed = try clip.process()
        let kinds = try processed.streams("stream=codec_type").split(separator: "\n")
        #expect(kinds == ["codec_type=video", "codec_type=audio"])
        #expect(try abs(processed.seconds - 2) < 0.1)
    }

    @Test func slowMotionPlaysAsItIsStored() throws {
        // What Android writes beside 240 pictures a second that are to be shown slowly.
        let clip = try Clip(
            "clip.mp4",
            "-f lavfi -i testsrc2=s=160x120:r=240:d=1 -c:v libx264 -preset ultrafast -movflags use_metadata_tags "
                + "-metadata com.android.capture.fps=240 -metadata com.android.version=13"
        )
        #expect(try abs(clip.process().seconds - 1) < 0.05)
    }
}

extension Processed {
    /// How often the sound of `play.mp4` crosses zero upwards, per second, in its second half second.
    func frequency() throws -> Double {
        let bytes = try Command.ffmpeg(
            "-i \(playback) -map 0:a -af atrim=start=0.4:end=0.8,asetpts=PTS-STARTPTS -ac 1 -f s16le -",
            in: output
        )
        let samples = stride(from: 0, to: bytes.count - 1, by: 2).map { offset in
            Int16(truncatingIfNeeded: Int(bytes[offset]) | Int(bytes[offset + 1]) << 8)
        }
        let crossings = zip(samples, samples.dropFirst()).count { $0 < 0 && $1 >= 0 }
        return Double(crossings) * 48_000 / Double(max(1, samples.count))
    }
}
