import Foundation
import Testing

/// The server that the OSS tests use, driven by Aliyun's own clients.
@Suite struct OSSServerTests {
    @Test func aliyunsClientsFindItRight() throws {
        let keys = #"{"ak": {"secret": "sk"}, "sts": {"secret": "sk", "token": "t+/="}}"#
        let server = try OSSServer(keys: keys, arguments: ["--page-size", "7"])
        let check = OSSServer.folder.appending(path: "check_with_sdk.py").path
        let result = try PythonTool.run(check, [server.url, OSSServer.bucket])
        #expect(result.status == 0, "\(result.output)")
        #expect(result.output.split(separator: "\n").count == 22, "\(result.output)")
    }
}
