import FFmpeg
import Testing

@Suite struct PacketTests {
    @Test(arguments: [Int64(1) << 61, -(1 << 61), .max, .min, .min + 1])
    func timesOfAnotherAgeAreNone(time: Int64) throws {
        let packet = try Packet()
        (packet.pts, packet.dts, packet.duration) = (time, time, time)
        let (pts, dts, duration) = (packet.pts, packet.dts, packet.duration)
        #expect(pts == nil && dts == nil && duration == 0)
    }

    @Test func ordinaryTimesAreKept() throws {
        let packet = try Packet()
        (packet.pts, packet.dts, packet.duration) = (-1024, -2048, 512)
        let (pts, dts, duration) = (packet.pts, packet.dts, packet.duration)
        #expect(pts == -1024 && dts == -2048 && duration == 512)
    }
}
