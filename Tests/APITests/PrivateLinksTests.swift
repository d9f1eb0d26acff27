import Foundation
import Testing

@testable import API

@Suite struct PrivateLinksTests {
    private let links = PrivateLinks(secret: "0123456789abcdef0123456789abcdef", lifetimeSeconds: 60)
    private let now = Date(timeIntervalSince1970: 1_800_000_000)

    @Test func anAddressIsGoodForEveryFileOfItsFolder() {
        let signature = links.signature(for: "videos/7/3", now: now)
        // printf '1800000060 videos/7/3 0123456789abcdef0123456789abcdef' | openssl md5 -binary | basenc --base64url
        #expect(signature == "private/1800000060/-_q9D7Im6NHWLtkEAAbLIA/")
        for file in ["play.mp4", "hls/720/1.m4s"] {
            #expect(links.address(at: "\(signature)videos/7/3/\(file)", now: now)?.key == "videos/7/3/\(file)")
        }
    }

    @Test(arguments: [(0, true), (60, true), (61, false)])
    func anAddressExpires(after seconds: Double, isGood: Bool) {
        let path = links.signature(for: "videos/7/3", now: now) + "videos/7/3/play.mp4"
        #expect((links.address(at: path, now: now.addingTimeInterval(seconds)) != nil) == isGood)
    }

    @Test func nothingOfAnAddressCanBeChanged() {
        let signature = links.signature(for: "videos/7/3", now: now)
        let other = PrivateLinks(secret: "another secret of the same length", lifetimeSeconds: 60)
        let paths = [
            "\(signature)videos/7/4/play.mp4", "\(signature)videos/8/3/play.mp4", "\(signature)sources/7/source",
            "\(signature)videos/7/play.mp4", signature.replacing("0060", with: "0061") + "videos/7/3/play.mp4",
            other.signature(for: "videos/7/3", now: now) + "videos/7/3/play.mp4", "private/1800000060//videos/7/3/a",
            "private/x/y/videos/7/3/play.mp4", "private/", "\(signature)videos/7/3",
        ]
        for path in paths { #expect(links.address(at: path, now: now) == nil, "\(path)") }
    }
}
