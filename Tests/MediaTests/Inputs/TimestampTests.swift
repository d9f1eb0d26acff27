import Domain
import FFmpeg
import Foundation
import TestSupport
import Testing

@testable import Media

/// Times that are missing, wrong or start again, and pictures that cannot be decoded alone.
@Suite struct TimestampTests {
    static let pictures = "-f lavfi -i testsrc2=s=160x120:r=25:d=2"
    static let tone = "-f lavfi -i sine=frequency=500:duration=2"
    static let h264 = "-c:v libx264 -preset ultrafast -g 25"

    func check(_ clip: Clip, pictures: ClosedRange<Int>, seconds: Double) throws {
        let processed = try clip.process(.inputs(shortSide: 120))
        let times = try processed.pictureTimes()
        #expect(pictures.contains(times.count), "\(times.count)")
        #expect(Set(times).count == times.count)
        #expect(try abs(processed.seconds - seconds) < 0.15)
    }

    /// What the bit stream filter `setts` does to the times of the packets.
    @Test(arguments: [
        ("clip.mkv", "setts=ts=TS-1"), ("clip.ts", "setts=pts=if(eq(mod(N\\,10)\\,3)\\,NOPTS\\,PTS)"),

        ("clip.flv", "setts=ts=TS+7"), ("clip.mp4", "setts=ts=TS-0.5/TB_OUT"),
    ])
    func wrongTimesAreMended(name: String, filter: String) throws {
        let clip = try Clip(
            name,
            "\(Self.pictures) \(Self.tone) \(Self.h264) -bf 0 -c:a libmp3lame whole.mkv",
            "-i whole.mkv -c copy -bsf:v \(filter)"
        )
        // Pictures with the time of the one before are dropped.
        try check(clip, pictures: 44...51, seconds: 2)
    }

    /// Units of time that divide nothing evenly.
    @Test(arguments: [1000, 600, 90_000, 1_000_000, 10_000_000, 7919])
    func everyTimeBaseWorks(unitsPerSecond: Int) throws {
        let clip = try Clip(
            "clip.mov",
            "\(Self.pictures) \(Self.tone) \(Self.h264) -c:a aac -video_track_timescale \(unitsPerSecond)"
        )
        try check(clip, pictures: 50...51, seconds: 2)
    }

    @Test func firstPicturesThatCannotBeDecodedAreLeftOut() throws {
        // A recording that starts within a group of pictures.
        let clip = try Clip(
            "clip.ts",
            "\(Self.pictures) \(Self.tone) \(Self.h264) -c:a aac whole.ts",
            "-i whole.ts -c copy -copyinkf -bsf:v noise=drop=lt(n\\,10)"
        )
        try check(clip, pictures: 24...51, seconds: 2)
    }

    @Test func openGroupsOfPicturesAreDecoded() throws {
        let clip = try Clip(
            "clip.ts",
            "\(Self.pictures) -c:v mpeg2video -g 12 -bf 2 -flags -cgop whole.ts",
            "-ss 0.6 -i whole.ts -c copy"
        )
        // Pictures before the first keyframe that need the ones that are gone are left out.
        let seconds = try clip.process(.inputs(shortSide: 120)).seconds
        #expect((0.9...1.7).contains(seconds))
    }

    @Test func oneKeyframeIsEnough() throws {
        let clip = try Clip(
            "clip.mp4",
            "-f lavfi -i testsrc2=s=160x120:r=10:d=20 -c:v libx264 -preset ultrafast -g 1000 -keyint_min 1000"
        )
        let processed = try clip.process(.inputs(shortSide: 120))
        #expect(try processed.pictureTimes().count == 200)
        #expect(processed.package.files.filter { $0.path.contains("/segment-") }.count == 10)
    }

    /// Two recordings in one transport stream: the clock starts again, and the pictures have another size.
    @Test func joinedRecordingsPlayOneAfterTheOther() throws {
        let sound = "-c:a aac -ar 48000"
        let first = try Clip("clip.ts", "\(Self.pictures) \(Self.tone) \(Self.h264) \(sound)")
        let second = try Clip(
            "clip.ts",
            "-f lavfi -i color=red:s=320x180:r=25:d=2 \(Self.tone) \(Self.h264) -pix_fmt yuv422p \(sound)"
        )
        let joined = try Data(contentsOf: first.url) + Data(contentsOf: second.url)
        let clip = try Clip("clip.ts", bytes: joined)
        #expect(try abs(clip.probe().durationSeconds - 4) < 0.2)
        let processed = try clip.process(.inputs(shortSide: 120))
        #expect(try (98...101).contains(processed.pictureTimes().count))
        #expect(try abs(processed.seconds - 4) < 0.2)
        #expect(processed.size == [160, 120])
        #expect(try processed.picture(at: 3).color(0.5, 0.5).isNear(.init(1, 0, 0, .bt601), within: 6))
    }

    @Test func clockThatStartsAgainIsMended() throws {
        var clock = ClockRepair()
        let unit = Rational(1, 1000)
        // The last packets of the sound come after the first pictures of the second recording.
        let packets: [(stream: Int, time: Int64)] = [
            (0, 1000), (1, 1000), (0, 1500), (0, 1400), (1, 1490), (0, 400), (1, 1980), (1, 390), (0, 900), (1, 30_000),
            (0, 30_000),
        ]
        let times = try packets.map { source in
            let packet = try Packet()
            packet.streamIndex = source.stream
            (packet.dts, packet.pts, packet.duration) = (source.time, source.time, 500)
            clock.apply(to: packet, timeBase: unit)
            return packet.pts ?? 0
        }
        #expect(times == [1000, 1000, 1500, 1400, 1490, 1900, 1980, 1890, 2400, 2390, 2390])
    }
}
