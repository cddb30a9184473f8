"""Descriptions that browsers and robots send, for the tests."""

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"  # fmt: skip # noqa: E501
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.3 Safari/605.1.15"  # fmt: skip # noqa: E501
UBUNTU = "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0"
CHROMEBOOK = WINDOWS.replace("Windows NT 10.0; Win64; x64", "X11; CrOS x86_64 14541.0.0")
UBUNTU_CHROME = WINDOWS.replace("Windows NT 10.0; Win64; x64", "X11; Linux x86_64")
PIXEL = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36"  # fmt: skip # noqa: E501
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Mobile/15E148 Safari/604.1"  # fmt: skip # noqa: E501
IPHONE_CHROME = IPHONE.replace("Version/17.4", "CriOS/131.0.6778.73")
IPAD = "Mozilla/5.0 (iPad; CPU OS 16_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.5 Mobile/15E148 Safari/604.1"  # fmt: skip # noqa: E501
EDGE = f"{WINDOWS} Edg/131.0.0.0"
OPERA = f"{WINDOWS} OPR/116.0.0.0"
YANDEX = WINDOWS.replace("Safari", "YaBrowser/24.12.0.0 Safari")
SAMSUNG = PIXEL.replace("Chrome", "SamsungBrowser/27.0 Chrome")
HUAWEI = "Mozilla/5.0 (Linux; Android 10; HarmonyOS; NOH-AN00; HMSCore 6.13.0.321) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/114.0.5735.196 HuaweiBrowser/15.0.8.305 Mobile Safari/537.36"  # fmt: skip # noqa: E501
HARMONY = "Mozilla/5.0 (Phone; OpenHarmony 5.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/114.0.0.0 Safari/537.36 ArkWeb/4.1.6.1 Mobile"  # fmt: skip # noqa: E501
XIAOMI = "Mozilla/5.0 (Linux; U; Android 14; zh-cn; 23127PN0CC Build/UKQ1.230804.001) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/119.0.6045.66 Mobile Safari/537.36 XiaoMi/MiuiBrowser/19.2.820805"  # fmt: skip # noqa: E501
QQ_BROWSER = "Mozilla/5.0 (Linux; U; Android 15; zh-cn; PLE110 Build/AP3A.240617.008) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/121.0.6167.71 MQQBrowser/19.5 Mobile Safari/537.36"  # fmt: skip # noqa: E501
UC = "Mozilla/5.0 (Linux; U; Android 15; zh-CN; PKH120 Build/AP3A.240617.008) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/100.0.4896.58 UCBrowser/17.5.8.1389 Mobile Safari/537.36"  # fmt: skip # noqa: E501
QUARK = UC.replace("UCBrowser/17.5.8.1389", "Quark/7.4.5.680")
BAIDU = "Mozilla/5.0 (Linux; Android 15; PKQ110 Build/AP3A.240617.008; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/130.0.6723.58 Mobile Safari/537.36 SP-engine/2.90.0 baiduboxapp/13.52.0.10 (Baidu; P1 15) NABar/1.0"  # fmt: skip # noqa: E501
SOGOU = "Mozilla/5.0 (Linux; Android 6.0.1; SUGAR F11; Build/MMB29M; wv) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/46.0.2490.92 Mobile Safari/537.36 SogouMSE,SogouMobileBrowser/5.6.0"  # fmt: skip # noqa: E501
QIHOO = f"{WINDOWS} 360SE"
WECHAT = "Mozilla/5.0 (Linux; Android 13; V2148A; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/116.0.0.0 Mobile Safari/537.36 XWEB/1160083 MMWEBSDK/20231202 MicroMessenger/8.0.47.2560(0x28002F30) WeChat/arm64 Weixin NetType/WIFI Language/zh_CN"  # fmt: skip # noqa: E501
DOUYIN = PIXEL.replace("K)", "K; wv)") + " aweme_310000 BytedanceWebview/d8a21c6"
ALIPAY = PIXEL.replace("K)", "K; wv)") + " AlipayClient/10.6.80.8000 Language/zh-Hans"
SLACK = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/122.0.6261.156 Electron/29.3.0 Safari/537.36 Sonic Slack_SSB/4.38.125"  # fmt: skip # noqa: E501
WHATSAPP = "Mozilla/5.0 (Linux; Android 13; SM-S918B; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/116.0 Mobile Safari/537.36 WhatsApp/2.23.20.76 A"  # fmt: skip # noqa: E501
FACEBOOK = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/21E236 [FBAN/FBIOS;FBAV/458.0.0.32.112;FBDV/iPhone14,5;FBMD/iPhone;FBCR/Telekom.de]"  # fmt: skip # noqa: E501
INSTAGRAM = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/21E236 Instagram 325.0.3.34.90 (iPhone14,5; iOS 17_4_1; en_US; en; scale=3.00; 1170x2532; 582137886)"  # fmt: skip # noqa: E501
LINE = f"{IPHONE} Line/14.5.0"
CUBOT = "Mozilla/5.0 (Linux; Android 11; CUBOT NOTE 20) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/110.0.0.0 Mobile Safari/537.36"  # fmt: skip # noqa: E501
SPIDER_PHONE = "Mozilla/5.0 (Linux; Android 13; Spider 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36"  # fmt: skip # noqa: E501
OPERA_MINI = "Opera/9.80 (Android; Opera Mini/11.0.1912/37.8507; U; en) Presto/2.12.423 Version/12.16"
HEADLESS = WINDOWS.replace("Chrome", "HeadlessChrome")

PEOPLE = (
    WINDOWS, MAC, UBUNTU, UBUNTU_CHROME, CHROMEBOOK, PIXEL, IPHONE, IPHONE_CHROME, IPAD, EDGE, OPERA, YANDEX, SAMSUNG,
    HUAWEI, HARMONY, XIAOMI, QQ_BROWSER, UC, QUARK, BAIDU, SOGOU, QIHOO, WECHAT, DOUYIN, ALIPAY, SLACK, WHATSAPP,
    FACEBOOK, INSTAGRAM, LINE, CUBOT, SPIDER_PHONE, OPERA_MINI, "",
)  # fmt: skip
